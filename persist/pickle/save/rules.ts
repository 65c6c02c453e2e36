import type { OptionRule, OptionRules } from "../../options.ts";
import type { DumpOptions } from "./options.ts";

/** What the options of a write may be. */
export const DUMP_RULES: OptionRules = {
  protocol: "any",
  fixImports: "boolean",
  strings: ["value", "keys"],
  fast: "boolean",
  bufferCallback: "function",
  persistentId: "function",
  reducerOverride: "function",
  dispatchTable: "object",
  registry: "object",
  maxDepth: "limit",
} satisfies Record<keyof DumpOptions, OptionRule>;
