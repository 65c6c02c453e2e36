import { checkOptions } from "../../options.ts";
import { MAX_WORK } from "../../work.ts";
import type { LoadOptions } from "./options.ts";
import { LOAD_RULES } from "./rules.ts";

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
  checkOptions("Cannot read a pickle", options, LOAD_RULES);
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
