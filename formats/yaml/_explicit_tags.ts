// What `!!int`, `!!float`, `!!bool` and `!!null` make of a text in the core schema. (npm yaml knows the tags only together
// with their patterns, so that `!!float 3` and `!!int foo` would silently be text.)

import type { Scalar, ScalarTag } from "yaml";

const YAML_TAG = "tag:yaml.org,2002:";

const INT = /^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const INFINITE = /^[-+]?\.(?:inf|Inf|INF)$/;
const NAN = /^\.(?:nan|NaN|NAN)$/;
const BOOL = /^(?:true|True|TRUE|false|False|FALSE)$/;
const NULL = /^(?:null|Null|NULL|~|)$/;

function explicit(name: string, article: string, resolve: (text: string) => unknown): ScalarTag {
  return {
    tag: YAML_TAG + name,
    resolve(text, report) {
      const value = resolve(text);
      if (value === undefined) report(`${JSON.stringify(text)} is ${article} ${name}`);
      return value === undefined ? text : value;
    },
    stringify: ({ value }: Scalar) => String(value),
  };
}

function int(text: string): unknown {
  if (!INT.test(text)) return undefined;
  return text.startsWith("-") ? -BigInt(text.slice(1)) : BigInt(text.replace(/^\+/, ""));
}

function float(text: string): unknown {
  if (FLOAT.test(text)) return Number(text);
  if (NAN.test(text)) return NaN;
  return INFINITE.test(text) ? (text.startsWith("-") ? -Infinity : Infinity) : undefined;
}

/** Scalar tags that stand before those with patterns. */
export const EXPLICIT: readonly ScalarTag[] = [
  explicit("int", "no", int),
  explicit("float", "no", float),
  explicit("bool", "no", (text) => BOOL.test(text) ? /^t/i.test(text) : undefined),
  explicit("null", "not", (text) => NULL.test(text) ? null : undefined),
];
