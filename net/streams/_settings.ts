/**
 * The limits of a reader and a writer, checked.
 */
import { shown } from "../../persist/options.ts";
import type { StreamOptions } from "./options.ts";

const LIMIT = 65536;
const HIGH_WATER = 64 * 1024;
const LOW_WATER = 16 * 1024;
const CLOSE_TIMEOUT = 30_000;

/** What {@linkcode StreamOptions} come to. */
export interface Settings {
  readonly limit: number;
  readonly readTimeout: number;
  readonly writeTimeout: number;
  readonly closeTimeout: number;
  readonly highWater: number;
  readonly lowWater: number;
}

/** Connections of one server, or with the default limits, share them: there may be thousands. */
let last: Settings | undefined;

/**
 * Checks options.
 *
 * @throws {RangeError} If the limit is negative, or the low water is above the high water.
 */
export function settingsOf(options: StreamOptions): Settings {
  const { limit = LIMIT, readTimeout = Infinity, writeTimeout = Infinity } = options;
  const { closeTimeout = CLOSE_TIMEOUT, highWater = HIGH_WATER } = options;
  const lowWater = options.lowWater ?? Math.min(LOW_WATER, highWater >> 2);
  const same = last !== undefined && last.limit === limit && last.readTimeout === readTimeout &&
    last.writeTimeout === writeTimeout && last.closeTimeout === closeTimeout &&
    last.highWater === highWater && last.lowWater === lowWater;
  if (same) return last!;
  checkLimit(limit);
  if (!(highWater >= lowWater && lowWater >= 0)) {
    throw new RangeError(
      `Cannot make a writer: 0 <= lowWater <= highWater needed, received ${lowWater} and ${highWater}`,
    );
  }
  return last = { limit, readTimeout, writeTimeout, closeTimeout, highWater, lowWater };
}

/** The limit of a call, checked. */
export function checkLimit(limit: number): number {
  if (typeof limit === "number" && limit >= 0) return limit;
  if (typeof limit !== "number") {
    throw new TypeError(`Cannot read: a limit in bytes is needed, received ${shown(limit)}`);
  }
  throw new RangeError(`Cannot read: a limit of at least 0 is needed, received ${limit}`);
}
