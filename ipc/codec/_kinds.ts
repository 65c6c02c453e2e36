/** Which built-in an object is, by its prototype. */
import { VIEW_NAMES } from "./_tags.ts";
import { temporalPrototypes } from "./_temporal.ts";

export const KIND_MAP = 1;
export const KIND_SET = 2;
export const KIND_DATE = 3;
export const KIND_REGEXP = 4;
export const KIND_BUFFER = 5;
export const KIND_URL = 6;
export const KIND_BOXED = 7;
export const KIND_VIEW = 8;
export const KIND_SEARCH_PARAMS = 9;
export const KIND_TEMPORAL = 10;

type ViewConstructor = new (
  buffer: ArrayBuffer,
  offset?: number,
  length?: number,
) => ArrayBufferView;

/** Constructors in the order of {@linkcode VIEW_NAMES}. */
export const VIEW_CONSTRUCTORS: readonly ViewConstructor[] = VIEW_NAMES.map((name) =>
  (globalThis as unknown as Record<string, ViewConstructor>)[name]!
);

let kinds: ReadonlyMap<object, number> | undefined;

/**
 * The kind of the objects with just this prototype; subclasses are looked at later, they may be registered. Found out when it
 * is first asked for: the runtime makes some of the classes no sooner than they are named, which
 * takes longer than to load this file.
 */
export function kindOf(prototype: object): number | undefined {
  return (kinds ??= allKinds()).get(prototype);
}

function allKinds(): Map<object, number> {
  return new Map([
    [Map.prototype, KIND_MAP],
    [Set.prototype, KIND_SET],
    [Date.prototype, KIND_DATE],
    [RegExp.prototype, KIND_REGEXP],
    [ArrayBuffer.prototype, KIND_BUFFER],
    [URL.prototype, KIND_URL],
    [URLSearchParams.prototype, KIND_SEARCH_PARAMS],
    [Number.prototype, KIND_BOXED],
    [String.prototype, KIND_BOXED],
    [Boolean.prototype, KIND_BOXED],
    [BigInt.prototype, KIND_BOXED],
    ...temporalPrototypes().map((prototype): [object, number] => [prototype, KIND_TEMPORAL]),
    ...VIEW_CONSTRUCTORS.map(({ prototype }): [object, number] => [prototype, KIND_VIEW]),
  ]);
}

/** Bytes an element of each kind takes. */
export const VIEW_ELEMENT_SIZES: readonly number[] = VIEW_CONSTRUCTORS.map((c) =>
  (c as unknown as { BYTES_PER_ELEMENT?: number }).BYTES_PER_ELEMENT ?? 1
);

const codes = new Map<string, number>(VIEW_NAMES.map((name, code) => [name, code]));
const typedArrayName = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
)!.get! as () => string | undefined;

/** Code of a view's kind, whatever its subclass: Node's Buffer is a Uint8Array. */
export function viewCode(view: ArrayBufferView): number {
  return codes.get(typedArrayName.call(view) ?? "DataView")!;
}
