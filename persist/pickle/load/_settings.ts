import { checkOptions, type OptionRule, type OptionRules } from "../../options.ts";
import { MAX_WORK } from "../../work.ts";
import type { LoadOptions } from "./options.ts";

const RULES: OptionRules = {
  mode: ["natural", "exact", "plain"],
  floats: ["number", "exact"],
  dicts: ["auto", "map"],
  bytes: ["copy", "view"],
  unknown: ["error", "opaque"],
  registry: "object",
  findClass: "function",
  persistentLoad: "function",
  buffers: "any",
  fixImports: "boolean",
  encoding: ["ASCII", "latin1", "utf-8", "bytes"],
  errors: ["strict", "ignore", "replace", "surrogateescape"],
  maxBytes: "limit",
  maxDepth: "limit",
  maxMemo: "limit",
  maxOps: "limit",
  maxWork: "limit",
} satisfies Record<keyof LoadOptions, OptionRule>;

/** Options of a read, checked, with all limits. */
export interface LoadSettings {
  /** Whether Python's types are kept apart. */
  readonly typed: boolean;
  /** Whether an integral float is wrapped. */
  readonly wrapFloats: boolean;
  /** Whether every dict is a map. */
  readonly maps: boolean;
  /** Whether bytes are copied. */
  readonly copies: boolean;
  readonly maxBytes: number;
  readonly maxDepth: number;
  readonly maxMemo: number;
  readonly maxOps: number;
  readonly maxWork: number;
}

/** Checks options and fills in the defaults. */
export function loadSettings(options: LoadOptions): LoadSettings {
  checkOptions("Cannot read a pickle", options, RULES);
  const { mode = "natural" } = options;
  return {
    typed: mode !== "plain",
    wrapFloats: (options.floats ?? (mode === "exact" ? "exact" : "number")) === "exact",
    maps: options.dicts === "map",
    copies: options.bytes !== "view",
    maxBytes: options.maxBytes ?? 2 ** 30,
    maxDepth: options.maxDepth ?? 100_000,
    maxMemo: options.maxMemo ?? 2 ** 26,
    maxOps: options.maxOps ?? 2 ** 28,
    maxWork: options.maxWork ?? MAX_WORK,
  };
}
