// How values are written where npm yaml's own tags do not serve: bytes, dates, unusual numbers and text, and tags of the
// caller's.

import { type CollectionTag, Scalar, type ScalarTag, YAMLMap, YAMLSeq } from "yaml";
import { isDate, isTemporal, temporalText } from "../temporal_text.ts";
import type { YamlTag } from "./options.ts";

/** Text that looks like what these tags write is for the schema to judge. */
const NEVER = /(?!)/;

/** Bytes, always with their tag: without it no reader could know them. */
const BYTES: ScalarTag = {
  tag: "tag:yaml.org,2002:binary",
  identify: (value) => value instanceof Uint8Array,
  createNode: (_schema, value) => text((value as Uint8Array).toBase64(), "QUOTE_DOUBLE"),
  resolve: (value) => value,
};

/**
 * Numbers that plain digits would make an integer of (beyond 2⁵³, or minus zero), or that YAML 1.1 would take for text
 * because they have an exponent but no point.
 */
const FLOAT: ScalarTag = {
  tag: "tag:yaml.org,2002:float",
  default: true,
  identify: (value) =>
    typeof value === "number" && Number.isFinite(value) &&
    (Math.abs(value) > Number.MAX_SAFE_INTEGER || Object.is(value, -0) ||
      (value !== 0 && Math.abs(value) < 1e-6)),
  test: NEVER,
  resolve: (value) => value,
  stringify: ({ value }) => {
    if (value === 0) return "-0.0";
    const exponential = (value as number).toExponential();
    return exponential.includes(".") ? exponential : exponential.replace("e", ".0e");
  },
};

/** Dates without tag, as PyYAML writes and reads them. */
const DATE: ScalarTag = {
  tag: "tag:yaml.org,2002:timestamp",
  default: true,
  identify: (value) => value instanceof Date,
  test: NEVER,
  resolve: (value) => value,
  stringify: ({ value }) => (value as Date).toISOString(),
};

/** Temporal's dates, without tag like the others; its other classes are text. */
const TEMPORAL_DATE: ScalarTag = {
  ...DATE,
  identify: (value) => typeof value === "object" && value !== null && isDate(value),
  stringify: ({ value }) => temporalText(value as object)!,
};

/** Temporal's times, durations and the like. */
const TEMPORAL: ScalarTag = {
  tag: "tag:yaml.org,2002:str",
  default: true,
  identify: (value) => typeof value === "object" && value !== null && isTemporal(value),
  createNode: (_schema, value) => text(temporalText(value as object)!),
  test: NEVER,
  resolve: (value) => value,
};

/** Not printable in the sense of YAML 1.2.2, 5.1, or a line break to some reader. */
// deno-lint-ignore no-control-regex
const SPECIAL = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;

/**
 * Text that needs quotes or escapes where the writer's own rules would give none: merge keys, characters that are not
 * printable, and block scalars that would start with white space.
 */
const quoted = (flow: boolean): ScalarTag => ({
  tag: "tag:yaml.org,2002:str",
  default: true,
  identify: (value) =>
    typeof value === "string" &&
    (value === "<<" || value === "=" || (/^\s*[ \t]/.test(value) && value.includes("\n")) ||
      value.search(SPECIAL) >= 0 ||
      !value.isWellFormed() || (flow && /\n|^[?:]/.test(value))),
  test: NEVER,
  resolve: (value) => value,
  stringify: ({ value }) =>
    JSON.stringify(value).replace(
      SPECIAL,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
    ),
});

/**
 * Tags that write what npm yaml's own would not, or not so that every reader agrees.
 *
 * @param flow Whether text is to stand in flow collections: there a line break in plain text is no text to some
 * readers, and neither is `?` or `:` at its start.
 */
export function ownTags(flow: boolean): readonly ScalarTag[] {
  return [BYTES, FLOAT, DATE, TEMPORAL_DATE, TEMPORAL, quoted(flow)];
}

function text(value: string, type?: Scalar.Type): Scalar<string> {
  const scalar = new Scalar(value);
  if (type !== undefined) scalar.type = type;
  return scalar;
}

/** A tag of the caller's as npm yaml writes them. */
export function writingTag(tag: YamlTag): (ScalarTag | CollectionTag)[] {
  const { test } = tag;
  if (test === undefined) return [];
  const raw = (value: unknown) => tag.stringify === undefined ? value : tag.stringify(value);
  const common = { tag: tag.tag, identify: (value: unknown) => test(value) };
  switch (tag.kind) {
    case "mapping":
      return [{
        ...common,
        collection: "map",
        createNode: (schema, value, ctx) => YAMLMap.from(schema, raw(value), ctx),
      }];
    case "sequence":
      return [{
        ...common,
        collection: "seq",
        createNode: (schema, value, ctx) => YAMLSeq.from(schema, raw(value), ctx),
      }];
    default:
      return [{
        ...common,
        createNode: (_schema, value) => text(String(raw(value))),
        resolve: (value) => value,
      }];
  }
}
