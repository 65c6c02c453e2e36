import { checkOptions, type OptionRules } from "../options.ts";
import type { Codec, CodecName } from "./codec/codec.ts";

/** Whether a shelf is read or written, as in Python: read, write, create if it is not there, always new. */
export type OpenFlag = "r" | "w" | "c" | "n";

/**
 * When a write to a SQLite shelf is on the disk: when it is acknowledged (`"full"`, as in CPython); soon, which a killed process
 * does not undo, but a power cut may undo the last writes (`"normal"`); or when the system likes, and a power cut may damage the
 * file (`"off"`).
 */
export type Durability = "full" | "normal" | "off";

/** How a shelf is opened that answers at once. */
export interface OpenSyncOptions<V = unknown> {
  /** Read (`"r"`), write (`"w"`), create if it is not there (`"c"`), or always new (`"n"`). @default {"c"} */
  flag?: OpenFlag;
  /** Keep what is read, and write back on `sync` and `close` what has changed in it. @default {false} */
  writeback?: boolean;
  /** How values become bytes. @default {"pickle"} */
  codec?: CodecName | Codec<V>;
  /** How long to try what others are in the way of, in milliseconds. @default {10000} */
  busyTimeout?: number;
  /** When a write is on the disk. Only SQLite leaves the choice. @default {"full"} */
  durability?: Durability;
}

/** How a shelf is opened. */
export interface OpenOptions<V = unknown> extends OpenSyncOptions<V> {
  /** What makes a new file: Deno KV, or SQLite, which reads faster and is the format of Python's. @default {"kv"} */
  backend?: "kv" | "sqlite";
  /** Which of several shelves in one KV store or Redis database. @default {undefined} */
  name?: string;
}

const FLAGS: readonly OpenFlag[] = ["r", "w", "c", "n"];
const BUSY_TIMEOUT = 10_000;
const RULES: OptionRules = {
  flag: "any",
  writeback: "boolean",
  codec: "any",
  busyTimeout: "any",
  backend: "any",
  name: "string",
  durability: ["full", "normal", "off"],
};

/**
 * Checks what JavaScript does not.
 *
 * @throws {TypeError} If there is no such option, flag or backend, or a value is of another type.
 * @throws {RangeError} If the time is none.
 */
export function checked<V>(
  options: OpenOptions<V>,
): OpenOptions<V> & { flag: OpenFlag; busyTimeout: number } {
  checkOptions("Cannot open a shelf", options, RULES);
  const { flag = "c", busyTimeout = BUSY_TIMEOUT, backend, ...rest } = options;
  if (!FLAGS.includes(flag)) {
    throw new TypeError(`Cannot open a shelf with flag "${flag}": it needs to be r, w, c or n`);
  }
  if (backend !== undefined && backend !== "kv" && backend !== "sqlite") {
    throw new TypeError(`Cannot open a shelf on "${backend}": it needs to be kv or sqlite`);
  }
  if (rest.name?.isWellFormed() === false) {
    throw new TypeError("Cannot open a shelf whose name has lone surrogates");
  }
  if (typeof busyTimeout !== "number") {
    throw new TypeError(
      `Cannot open a shelf with busyTimeout of type ${typeof busyTimeout}: it needs to be a number`,
    );
  }
  if (!(busyTimeout >= 0)) {
    throw new RangeError(
      `Cannot open a shelf with busyTimeout ${busyTimeout}: it needs to be 0 or more milliseconds`,
    );
  }
  return { flag, busyTimeout, ...(backend === undefined ? {} : { backend }), ...rest };
}

/**
 * Refuses a durability where there is no choice.
 *
 * @throws {TypeError} If it is another than `"full"`.
 */
export function checkDurability(kind: string, durability: Durability = "full"): void {
  if (durability === "full") return;
  throw new TypeError(
    `Cannot open a shelf with durability "${durability}": only SQLite leaves the choice, received "${kind}"`,
  );
}
