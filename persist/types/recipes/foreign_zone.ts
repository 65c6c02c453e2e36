import { PyObject } from "../objects/py_object.ts";
import { TimeDelta } from "../time/time_delta.ts";
import { field, numberOf } from "./fields.ts";

/**
 * A time zone of `pytz` or `dateutil`, as it was read.
 *
 * @example A zone of pytz
 * ```ts
 * import { ForeignZone, Global } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * const callable = new Global("pytz", "_p");
 * const zone = new ForeignZone({ callable, args: ["Europe/Berlin", 7200, 3600, "CEST"] });
 * assertEquals([zone.key, zone.utcOffset], ["Europe/Berlin", 7200]);
 * ```
 */
export class ForeignZone extends PyObject {
  /** The name in the database of time zones, `undefined` for one that is an offset only. */
  get key(): string | undefined {
    const name = this.className;
    if (name === "pytz._UTC" || /^dateutil\.tz\S*\.tzutc$/.test(name)) return "UTC";
    if (name === "pytz._p" && typeof this.args[0] === "string") return this.args[0];
    const file = name.endsWith(".tzfile") ? this.args[1] ?? field(this.state, "_filename") : "";
    return /(?:^|\/)zoneinfo\/(.+)$/.exec(String(file).slice(0, 4096))?.[1];
  }

  /** The distance from UTC in seconds, `undefined` if it changes or is not known. */
  get utcOffset(): number | undefined {
    const name = this.className;
    if (this.key === "UTC") return 0;
    if (name === "pytz._p") return numberOf(this.args[1]);
    if (name === "pytz.FixedOffset") {
      const minutes = numberOf(this.args[0]);
      return minutes === undefined ? undefined : minutes * 60;
    }
    const offset = name.endsWith(".tzoffset") ? field(this.state, "_offset") : undefined;
    return offset instanceof TimeDelta ? offset.days * 86400 + offset.seconds : undefined;
  }

  /**
   * The name of the zone, else its offset, for `JSON.stringify` and `toPlain`.
   *
   * @returns The name, or seconds, or the name of the class.
   */
  toJSON(): string | number {
    return this.key ?? this.utcOffset ?? this.className;
  }
}
