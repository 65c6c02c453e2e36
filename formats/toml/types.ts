/**
 * A value of TOML. The four kinds of dates and times are `Temporal.ZonedDateTime` (offset date-time, the offset is its
 * time zone), `Temporal.PlainDateTime`, `Temporal.PlainDate` and `Temporal.PlainTime`.
 */
export type TomlValue =
  | string
  | number
  | bigint
  | boolean
  | Temporal.ZonedDateTime
  | Temporal.PlainDateTime
  | Temporal.PlainDate
  | Temporal.PlainTime
  | TomlValue[]
  | TomlTable;

/** A table of TOML: a plain object. */
export interface TomlTable {
  /** The value of a key. */
  [key: string]: TomlValue;
}

/** Default of `maxDepth`. */
export const MAX_DEPTH = 512;
