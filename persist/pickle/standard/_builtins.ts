import { ByteArray } from "../../types/arrays/byte_array.ts";
import { Complex } from "../../types/numbers/complex.ts";
import { Float } from "../../types/numbers/float.ts";
import { keepFloats } from "../../types/containers/float_keys.ts";
import { FrozenSet } from "../../types/containers/frozen_set.ts";
import { Global } from "../../types/objects/global.ts";
import { PyObject } from "../../types/objects/py_object.ts";
import { PySet } from "../../types/containers/py_set.ts";
import { type Integer, Range } from "../../types/numbers/range.ts";
import { Ellipsis, NotImplemented } from "../../types/objects/singletons.ts";
import { Slice } from "../../types/containers/slice.ts";
import type { Registry } from "../registry.ts";

/** Types and harmless functions of `builtins` that a pickle may refer to. They are names here, nothing is called. */
const NAMES = `
object type int float complex bool str bytes bytearray memoryview list tuple dict set frozenset range slice property
classmethod staticmethod super enumerate zip map filter reversed abs all any ascii bin callable chr divmod format hash hex
id isinstance issubclass iter len max min next oct ord pow repr round sorted sum`;

/** Registers what stands in `builtins`, `copyreg` and `_codecs`. */
export function registerBuiltins(registry: Registry): void {
  for (const name of NAMES.trim().split(/\s+/)) registry.register("builtins", name, {});
  for (const name of ["_reconstructor", "__newobj__"]) registry.register("copyreg", name, {});
  registry.register("builtins", "getattr", {});
  registry.register("builtins", "Ellipsis", { value: Ellipsis });
  registry.register("builtins", "NotImplemented", { value: NotImplemented });
  // The classes of None, Ellipsis and NotImplemented have no name in a module: they are `type(None)`.
  registry.register("builtins", "type", {
    load: (args) => {
      const [value] = args;
      if (args.length !== 1 || ![null, Ellipsis, NotImplemented].includes(value as null)) {
        throw new TypeError(
          "only the classes of None, Ellipsis and NotImplemented are made by type",
        );
      }
      return new PyObject({ callable: new Global("builtins", "type"), args });
    },
  });
  registry.register("builtins", "complex", {
    type: Complex,
    load: ([re = 0, im = 0]) => new Complex(real(re), real(im)),
    dump: ({ re, im }) => ({ args: [new Float(re), new Float(im)] }),
  });
  registry.register("builtins", "range", {
    type: Range,
    load: (args) => {
      const [start, stop, step = 1] = args.length === 1 ? [0, args[0]] : args;
      return new Range(integer(start), integer(stop), integer(step));
    },
    dump: ({ start, stop, step }) => ({ args: [start, stop, step] }),
  });
  registry.register("builtins", "slice", {
    type: Slice,
    load: ([start, stop, step]) => new Slice(start, stop, step),
    dump: ({ start, stop, step }) => ({ args: [start, stop, step] }),
  });
  registry.register("builtins", "set", {
    load: ([items = []]) => new PySet(keepFloats(list(items))),
    loadPlain: ([items = []]) => new Set(list(items)),
  });
  registry.register("builtins", "frozenset", {
    load: ([items = []]) => new FrozenSet(keepFloats(list(items))),
    loadPlain: ([items = []]) => new Set(list(items)),
  });
  registerBytes(registry);
}

/** Protocols below 3 have no bytes, below 5 no bytearray: both are calls. */
function registerBytes(registry: Registry): void {
  const bytes = ([source, encoding]: unknown[]): Uint8Array<ArrayBuffer> => {
    if (source === undefined) return new Uint8Array(0);
    if (source instanceof Uint8Array) return new Uint8Array(source);
    if (Array.isArray(source)) return encodeBytes(source);
    if (typeof source === "string" && isLatin1(encoding)) return encodeLatin1(source);
    throw new TypeError(
      "bytes need bytes, a list of integers, or a string and the encoding latin1",
    );
  };
  registry.register("builtins", "bytes", { load: bytes });
  registry.register("builtins", "bytearray", {
    load: (args) => new ByteArray(bytes(args).buffer),
    loadPlain: bytes,
  });
  registry.register("_codecs", "encode", { load: bytes });
}

function isLatin1(encoding: unknown): boolean {
  return encoding === "latin1" || encoding === "latin-1";
}

function encodeLatin1(text: string): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0xff) throw new RangeError("a character is beyond Latin-1");
    out[i] = code;
  }
  return out;
}

function encodeBytes(items: readonly unknown[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(items.length);
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    if (typeof item !== "number" || !(item >= 0 && item <= 255) || !Number.isInteger(item)) {
      throw new TypeError("bytes are made of integers from 0 to 255");
    }
    out[i] = item;
  }
  return out;
}

/** A real number; nothing else is converted to one, for that may take any time. */
function real(value: unknown): number {
  if (typeof value === "number") return value;
  if (value instanceof Float) return value.value;
  throw new TypeError("a complex is made of two numbers");
}

function integer(value: unknown): Integer {
  if (typeof value === "bigint" || Number.isSafeInteger(value)) return value as Integer;
  throw new TypeError("a range is made of integers");
}

function list(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  throw new TypeError("a set is made of a list of its elements");
}
