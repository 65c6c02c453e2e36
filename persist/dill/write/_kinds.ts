/** What an object is, by the marks the engine puts on it, which cannot be faked. */
import { types } from "../capture/object_types.ts";
import { globalPath } from "../capture/globals.ts";
import { type DataType, TEMPORAL_TYPES, VIEWS } from "../format/kinds.ts";

/** An object of a type of the language or the web. */
export interface DataKind {
  readonly type: DataType;
  /** What makes it again. For maps, sets, `arguments` and views it holds values. */
  readonly payload: unknown;
  readonly prototype: object;
  /** Own properties that come with it. */
  readonly skip: (key: string | symbol) => boolean;
}

const NOTHING = () => false;

function get(prototype: object, name: string | symbol, object: object): unknown {
  return Reflect.get(prototype, name, object);
}

const TYPED_ARRAY = Object.getPrototypeOf(Int8Array.prototype) as object;
const RESIZABLE = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, "resizable") !== undefined;

/** The type of an object; `undefined` for ordinary ones. */
export function dataKind(object: object): DataKind | undefined {
  if (types.isMap(object)) return kind("map", [...Map.prototype.entries.call(object)], Map);
  if (types.isSet(object)) return kind("set", [...Set.prototype.values.call(object)], Set);
  if (types.isDate(object)) return kind("date", Date.prototype.getTime.call(object), Date);
  if (types.isRegExp(object)) {
    const payload = [
      get(RegExp.prototype, "source", object),
      get(RegExp.prototype, "flags", object),
      object.lastIndex,
    ];
    return kind("regexp", payload, RegExp, (key) => key === "lastIndex");
  }
  if (typeof DOMException === "function" && object instanceof DOMException) {
    return kind("domexception", [object.message, object.name], DOMException, () => true);
  }
  if (types.isNativeError(object)) {
    const stack: unknown = object.stack;
    const payload = typeof stack === "string" ? stack : null;
    return kind("error", payload, Error, (key) => key === "stack");
  }
  if (types.isArrayBuffer(object)) {
    const resizable = RESIZABLE && (object as ArrayBuffer).resizable;
    const payload = resizable ? (object as ArrayBuffer).maxByteLength : null;
    return kind("buffer", payload, ArrayBuffer);
  }
  if (ArrayBuffer.isView(object)) return viewKind(object);
  if (types.isBoxedPrimitive(object)) return boxedKind(object);
  if (types.isArgumentsObject(object)) {
    const payload = Array.prototype.slice.call(object);
    return kind(
      "arguments",
      payload,
      Object,
      (key) => typeof key === "symbol" || key === "length" || key === "callee" || /^\d+$/.test(key),
    );
  }
  if (object instanceof URL) {
    return kind("url", get(URL.prototype, "href", object), URL, (key) => typeof key === "symbol");
  }
  if (object instanceof URLSearchParams) {
    const payload = URLSearchParams.prototype.toString.call(object);
    return kind("searchparams", payload, URLSearchParams, (key) => typeof key === "symbol");
  }
  if (typeof Temporal === "object") {
    for (const name of TEMPORAL_TYPES) {
      const type = Temporal[name];
      if (object instanceof type) {
        return kind("temporal", [name, type.prototype.toString.call(object)], type);
      }
    }
  }
  return undefined;
}

function kind(
  type: DataType,
  payload: unknown,
  constructor: { readonly prototype: object },
  skip: DataKind["skip"] = NOTHING,
): DataKind {
  return { type, payload, prototype: constructor.prototype, skip };
}

function viewKind(view: ArrayBufferView): DataKind {
  const name = types.isDataView(view)
    ? "DataView"
    : get(TYPED_ARRAY, Symbol.toStringTag, view) as string;
  const prototype = name === "DataView" ? DataView.prototype : TYPED_ARRAY;
  const length = get(prototype, name === "DataView" ? "byteLength" : "length", view);
  const payload = [
    name,
    get(prototype, "buffer", view),
    get(prototype, "byteOffset", view),
    length,
  ];
  // The elements are own properties: they are not looked through for others.
  return kind("view", payload, VIEWS[name]!, () => true);
}

function boxedKind(object: object): DataKind {
  if (types.isNumberObject(object)) {
    return kind("boxed", Number.prototype.valueOf.call(object), Number);
  }
  if (types.isStringObject(object)) {
    const own = (key: string | symbol) => key === "length" || /^\d+$/.test(String(key));
    return kind("boxed", String.prototype.valueOf.call(object), String, own);
  }
  if (types.isBooleanObject(object)) {
    return kind("boxed", Boolean.prototype.valueOf.call(object), Boolean);
  }
  if (types.isSymbolObject(object)) {
    return kind("boxed", Symbol.prototype.valueOf.call(object), Symbol);
  }
  return kind("boxed", BigInt.prototype.valueOf.call(object), BigInt);
}

/** Why an object cannot be dumped, whatever is in it; `undefined` if it can. */
export function refusal(object: object): string | undefined {
  if (types.isProxy(object)) return "it is a Proxy, which nothing can look behind";
  if (types.isPromise(object)) return "a promise cannot be dumped; await it first";
  if (types.isGeneratorObject(object)) {
    return "a generator that was started cannot be dumped; dump the generator function";
  }
  if (types.isWeakMap(object) || types.isWeakSet(object)) {
    return "the content of weak collections cannot be listed";
  }
  if (types.isMapIterator(object) || types.isSetIterator(object)) {
    return "an iterator cannot be dumped; dump what it iterates over";
  }
  if (types.isSharedArrayBuffer(object)) {
    return "shared memory belongs to this program; copy it to an ArrayBuffer first";
  }
  if (types.isArrayBuffer(object) && (object as ArrayBuffer).detached) {
    return "the buffer is detached: its bytes are elsewhere";
  }
  return undefined;
}

/** Classes of the language: their instances are told by marks, or are ordinary objects. */
const LANGUAGE = new Set(
  ("Object Function Array Number Boolean String Symbol Date RegExp Error AggregateError EvalError RangeError " +
    "ReferenceError SyntaxError TypeError URIError SuppressedError Map Set BigInt ArrayBuffer DataView Iterator")
    .split(" "),
);

/** What async iterators of a program's own may inherit from. */
const ASYNC_ITERATOR: unknown = Object.getPrototypeOf(
  Object.getPrototypeOf(async function* () {}.prototype),
);

/** The name of a class of the runtime whose instances hold what cannot be seen: `Response`, `WeakRef`, `ArrayIterator`. */
export function opaqueClass(object: object): string | undefined {
  let at = Object.getPrototypeOf(object) as object | null;
  for (; at !== null; at = Object.getPrototypeOf(at)) {
    const path = globalPath(at);
    const [, iterator] = /^%(.*(?:Iterator|Helper))Prototype%$/.exec(path?.[0] ?? "") ?? [];
    if (iterator !== undefined && at !== ASYNC_ITERATOR) return iterator;
    if (path === undefined || path.at(-1) !== "prototype") continue;
    if (path.length > 2 || !LANGUAGE.has(path[0]!)) return path.slice(0, -1).join(".");
  }
  return undefined;
}
