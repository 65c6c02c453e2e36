/** Objects as they are made, before anything is in them. */
import { atGlobalPath } from "../capture/globals.ts";
import { LoadError } from "../errors.ts";
import type { ObjectEntry, Value } from "../format/body.ts";
import type { LoadOptions } from "../options.ts";
import { TEMPORAL_TYPES, VIEWS } from "../format/kinds.ts";

/** What shells are made of. */
export interface ShellSource {
  readonly namespaces: readonly Record<string, unknown>[];
  readonly code: readonly unknown[];
  buffer(index: number): Uint8Array<ArrayBuffer>;
  decode(value: Value): unknown;
  readonly persistentLoad: LoadOptions["persistentLoad"];
  /** Makes an instance without running its constructor. */
  revive(of: unknown, args: readonly unknown[]): object;
}

/** Makes the object of an entry, without its content. */
export function makeShell(entry: ObjectEntry, source: ShellSource): unknown {
  const [kind, payload, , privates] = entry;
  switch (kind) {
    case "global": {
      const found = atGlobalPath(payload as string[]);
      if (found === undefined) {
        throw new LoadError(
          `Cannot load the dump: this runtime has no ${(payload as string[]).join(".")}`,
        );
      }
      return found;
    }
    case "module":
      return exportOf(payload as [number, string[]], source);
    case "persistent":
      if (source.persistentLoad === undefined) {
        throw new LoadError(
          `Cannot load the dump: it has the persistent id ${
            JSON.stringify(payload)
          }, persistentLoad is needed`,
        );
      }
      return source.persistentLoad(payload as string | number);
    case "symbol":
      return symbolOf(payload as [string, string | null]);
    case "code": {
      const fn = source.code[payload as number];
      if (fn === undefined) throw malformed(`there is no function ${payload}`);
      return fn;
    }
    case "prototype":
      return (source.decode(payload as Value) as { readonly prototype: unknown }).prototype;
    case "member": {
      const [of, isStatic, key, part] = payload as [Value, boolean, Value, "value" | "get" | "set"];
      const cls = source.decode(of) as { readonly prototype: object };
      const holder = isStatic ? cls : cls.prototype;
      const name = source.decode(key) as string | symbol;
      return Object.getOwnPropertyDescriptor(holder, name)?.[part];
    }
  }
  // What was parsed is a new object or array already, and is filled in place.
  if (privates === undefined && typeof payload === "object" && payload !== null) {
    if (kind === "object" && !Array.isArray(payload)) return payload;
    if (kind === "array" && Array.isArray(payload)) return payload;
  }
  const [make, args] = constructorOf(kind, payload, source);
  if (privates === undefined) return make(...args);
  return source.revive(source.decode(privates.of), args);
}

type Maker = (...args: never[]) => object;

/** What makes an object of a kind, and with which arguments; a subclass passes them on to its base. */
function constructorOf(
  kind: string,
  payload: unknown,
  source: ShellSource,
): [make: (...args: unknown[]) => object, args: unknown[]] {
  const make = (maker: Maker, ...args: unknown[]): [(...args: unknown[]) => object, unknown[]] => [
    maker as (...args: unknown[]) => object,
    args,
  ];
  switch (kind) {
    case "object":
      return make(() => ({}));
    case "array":
    case "sparse":
      return make(() => []);
    case "map":
      return make(() => new Map());
    case "set":
      return make(() => new Set());
    case "date":
      return make((time: number) => new Date(time), payload ?? NaN);
    case "regexp": {
      const [pattern, flags] = payload as [string, string];
      return make((pattern: string, flags: string) => new RegExp(pattern, flags), pattern, flags);
    }
    case "error":
      // A subclass of AggregateError needs a list. Whatever becomes of it is deleted when the error is filled.
      // deno-lint-ignore ferry/no-plain-error
      return make((_errors: readonly unknown[]) => new Error(), []);
    case "domexception": {
      const [message, name] = payload as [string, string];
      return make(
        (message: string, name: string) => new DOMException(message, name),
        message,
        name,
      );
    }
    case "buffer": {
      const [index, maxByteLength] = payload as [number, number | null];
      return make(
        (size: number, options?: object) => new ArrayBuffer(size, options),
        source.buffer(index).length,
        ...maxByteLength === null ? [] : [{ maxByteLength }],
      );
    }
    case "view": {
      const [name, buffer, offset, length] = payload as [string, Value, number, number];
      const View = Object.hasOwn(VIEWS, name) ? VIEWS[name]! : undefined;
      if (View === undefined) throw malformed(`there is no view ${name}`);
      return make(
        (buffer: ArrayBuffer, offset: number, length: number) => new View(buffer, offset, length),
        source.decode(buffer),
        offset,
        length,
      );
    }
    case "boxed":
      return make((value: unknown) => Object(value), source.decode(payload as Value));
    case "url":
      return make((href: string) => new URL(href), payload);
    case "searchparams":
      return make((text: string) => new URLSearchParams(text), payload);
    case "temporal": {
      const [name, text] = payload as [typeof TEMPORAL_TYPES[number], string];
      if (!TEMPORAL_TYPES.includes(name)) throw malformed(`there is no Temporal.${name}`);
      return make((text: string) => Temporal[name].from(text), text);
    }
    case "arguments":
      return make(function (): object {
        return arguments;
      }, ...(payload as Value[]).map((value) => source.decode(value)));
  }
  throw malformed(`there are no objects of kind ${kind}`);
}

function exportOf([index, path]: [number, string[]], { namespaces }: ShellSource): unknown {
  let value: unknown = namespaces[index];
  for (const [depth, name] of path.entries()) {
    const known = typeof value === "function" || typeof value === "object" && value !== null;
    if (!known || !Object.hasOwn(value as object, name)) {
      throw new LoadError(
        `Cannot load the dump: the module it names has no export ${
          path.slice(0, depth + 1).join(".")
        }`,
      );
    }
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

function symbolOf([how, text]: [string, string | null]): symbol {
  if (how === "for") return Symbol.for(String(text));
  if (how === "new") return Symbol(text ?? undefined);
  const known = Object.getOwnPropertyDescriptor(Symbol, String(text))?.value;
  if (typeof known === "symbol") return known;
  throw new LoadError(`Cannot load the dump: this runtime has no Symbol.${text}`);
}

/** The error of a dump whose parts do not fit together. */
export function malformed(what: string): LoadError {
  return new LoadError(`Cannot load the dump: it is malformed, ${what}`);
}
