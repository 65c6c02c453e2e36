import { LIST, MAP, SET } from "./_path.ts";

/** A container being written. */
export interface Frame {
  kind: number;
  /** Items, a map's keys and values in turn, or an object's keys. */
  items: readonly unknown[];
  /** The object whose keys the items are. */
  source: Record<string, unknown>;
  /** Index of the next item. */
  at: number;
  /** Whether what it holds has to be hashable. */
  keys: boolean;
  /** Of a constant: where it starts in the output, its index, the number of references before it. */
  start: number;
  index: number;
  fields: number;
  /** Of an object: the indexes of its keys, and whether they are known. */
  shape: Shape | undefined;
  known: boolean;
}

/** The keys of the object last written at some depth, and their indexes. */
export interface Shape {
  readonly names: readonly string[];
  readonly ids: number[];
}

/** The source of containers other than objects. */
export const NO_SOURCE: Record<string, unknown> = Object.freeze({});

/** A frame that is free. */
export function newFrame(): Frame {
  return {
    kind: LIST,
    items: [],
    source: NO_SOURCE,
    at: 0,
    keys: false,
    start: 0,
    index: 0,
    fields: 0,
    shape: undefined,
    known: false,
  };
}

/** Whether the value after which `frame.at` stands has to be hashable. */
export function mustHash({ kind, at, keys }: Frame): boolean {
  return keys || kind === SET || (kind === MAP && (at & 1) === 1);
}
