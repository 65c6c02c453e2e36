import type { Global } from "../../types/objects/global.ts";
import type { PickleBuffer } from "../pickle_buffer.ts";
import type { Reduction } from "../reduction.ts";
import type { Registry } from "../registry.ts";

/**
 * Takes an object apart in its own way.
 *
 * @param value The object.
 * @returns Its reduction, a `Global` if it is something that a Python module holds, or `undefined` for the normal way.
 */
export type Reducer = (value: object) => Reduction | Global | undefined;

/** Options for writing pickles. */
export interface DumpOptions {
  /**
   * The pickle protocol, 0 to 5; a negative number means the highest.
   *
   * @default {5}
   */
  protocol?: number;
  /**
   * Whether protocols 0 to 2 name Python 2's modules.
   *
   * @default {true}
   */
  fixImports?: boolean;
  /**
   * Which equal strings are written once: all (`"value"`), or only keys, names and strings of one character (`"keys"`).
   * CPython goes by identity, which JavaScript strings do not have: literals of a program are like `"value"`, values that
   * were parsed from a text are like `"keys"`.
   *
   * @default {"value"}
   */
  strings?: "value" | "keys";
  /**
   * Writes without a memo: smaller and faster, but shared objects are written twice and cycles fail.
   *
   * @default {false}
   */
  fast?: boolean;
  /**
   * Called for each `PickleBuffer`; unless it returns `true`, the buffer stays outside the pickle (protocol 5).
   *
   * @default {undefined}
   */
  bufferCallback?: (buffer: PickleBuffer) => boolean | void;
  /**
   * Names a value that is kept elsewhere: anything but `undefined` is written as its persistent id in its place.
   *
   * @default {undefined}
   */
  persistentId?: (value: unknown) => unknown;
  /**
   * Tried before the registered ways to take an object apart; not called for lists, dicts and the like.
   *
   * @default {undefined}
   */
  reducerOverride?: Reducer;
  /**
   * How to take apart the instances of classes, before what is registered.
   *
   * @default {undefined}
   */
  // deno-lint-ignore no-explicit-any
  dispatchTable?: ReadonlyMap<abstract new (...args: any[]) => unknown, Reducer>;
  /**
   * What is known about classes.
   *
   * @default {the shared registry}
   */
  registry?: Registry;
  /**
   * Deepest nesting of containers.
   *
   * @default {1000}
   */
  maxDepth?: number;
}
