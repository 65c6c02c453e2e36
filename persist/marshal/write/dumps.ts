import { checkOptions, type OptionRule, type OptionRules } from "../../options.ts";
import type { WriteSettings } from "./_scalar_writer.ts";
import { Writer } from "./_writer.ts";

/**
 * Which objects take an index that later occurrences refer to (versions 3 and later).
 *
 * CPython decides by reference counts, so that its bytes depend on who else holds an object. Each mode here is
 * deterministic:
 *
 * - `"literal"`: the bytes that CPython gives for a literal bound to a variable. Equal strings, numbers, bytes and tuples
 *   of such are one object; the outermost container and those that come up again are shared.
 * - `"shared-only"`: only what comes up again: strings by value, containers and bytes by identity. The fewest bytes.
 * - `"all"`: as `"literal"`, and every container, as CPython does for a value that other objects hold as well.
 */
export type MarshalRefs = "literal" | "shared-only" | "all";

/** Options of {@linkcode dumps} and {@linkcode dump}. */
export interface MarshalDumpOptions {
  /**
   * Version of the format, 0 to 5. Version 1 adds interned strings, 2 binary floats, 3 references, 4 short forms of
   * ASCII strings and tuples, 5 slices.
   *
   * @default {4}
   */
  readonly version?: number;
  /**
   * Which objects take an index that later occurrences refer to.
   *
   * @default {"literal"}
   */
  readonly refs?: MarshalRefs;
  /**
   * Deepest nesting, counting the root, scalars and the end of a dict as CPython does.
   *
   * @default {2000}
   */
  readonly maxDepth?: number;
}

const RULES: OptionRules = {
  version: "any",
  refs: ["literal", "shared-only", "all"],
  maxDepth: "limit",
} satisfies Record<keyof MarshalDumpOptions, OptionRule>;

/** Checks options and fills in the defaults. */
export function writeSettings(options: MarshalDumpOptions): WriteSettings {
  checkOptions("Cannot marshal a value", options, RULES);
  const { version = 4, refs = "literal", maxDepth = 2000 } = options;
  if (!Number.isInteger(version) || version < 0 || version > 5) {
    throw new RangeError(
      `Cannot marshal a value: version must be an integer from 0 to 5, received ${version}`,
    );
  }
  return { version, refs, maxDepth };
}

/**
 * Marshals a value into the bytes that CPython's `marshal.loads` reads.
 *
 * `null` and `undefined` become None, safe integers and bigints int, other numbers and `Float` float, `Uint8Array` and
 * `ArrayBuffer` bytes, arrays list or (tagged) tuple, plain objects and maps dict, sets set or frozenset. Sets are
 * written in the order of their elements' bytes, as CPython does since 3.11.
 *
 * @param value The value.
 * @param options Version and references.
 * @returns The bytes.
 * @throws {MarshallingError} If the value holds something without a form in that version, such as a function or an
 * object of a class; when it is nested too deeply, or contains itself and the version is below 3.
 * @throws {RangeError} If `version` or `maxDepth` is out of range.
 *
 * @example The bytes CPython writes
 * ```ts
 * import { dumps } from "@ferry/std/persist/marshal";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   dumps([10, 20]).toHex(),
 *   "db02000000" + "e90a000000" + "e914000000",
 * );
 * assertEquals(dumps([10, 20], { version: 2 }).toHex(), "5b02000000690a0000006914000000");
 * ```
 */
export function dumps(value: unknown, options: MarshalDumpOptions = {}): Uint8Array<ArrayBuffer> {
  return new Writer(writeSettings(options)).write(value);
}
