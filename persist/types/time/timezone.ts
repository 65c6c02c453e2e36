import type { TimeDelta } from "./time_delta.ts";

/**
 * A Python `timezone`: a fixed distance from UTC.
 *
 * @example Five and a half hours east
 * ```ts
 * import { TimeDelta, Timezone } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(new Timezone(new TimeDelta(0, 19800)).offset.seconds, 19800);
 * ```
 */
export class Timezone {
  /** The distance from UTC, east positive. */
  readonly offset: TimeDelta;
  /** The name, if it has one of its own. */
  readonly name: string | undefined;

  /**
   * Makes a time zone.
   *
   * @example Make one
   * ```ts
   * import { TimeDelta, Timezone } from "@ferry/std/persist/types";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(new Timezone(new TimeDelta(0, 19800)).offset.seconds, 19800);
   * ```
   *
   * @param offset The distance from UTC, east positive.
   * @param name A name of its own.
   */
  constructor(offset: TimeDelta, name?: string) {
    this.offset = offset;
    this.name = name;
  }
}

/**
 * A Python `ZoneInfo`: a time zone of the IANA database.
 *
 * @example Berlin
 * ```ts
 * import { ZoneInfo } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(new ZoneInfo("Europe/Berlin").key, "Europe/Berlin");
 * ```
 */
export class ZoneInfo {
  /** The IANA name. */
  readonly key: string;
  /** Whether Python takes it from its cache; `false` for `ZoneInfo.no_cache`. */
  readonly cached: boolean;

  /**
   * Names a time zone.
   *
   * @example Make one
   * ```ts
   * import { ZoneInfo } from "@ferry/std/persist/types";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(new ZoneInfo("Europe/Berlin").key, "Europe/Berlin");
   * ```
   *
   * @param key The IANA name.
   * @param cached Whether Python takes it from its cache, `true` unless given.
   */
  constructor(key: string, cached = true) {
    this.key = key;
    this.cached = cached;
  }
}
