import type { OptionRule, OptionRules } from "../../options.ts";
import type { LoadOptions } from "./options.ts";

/** What the options of a read may be. */
export const LOAD_RULES: OptionRules = {
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
  maxInflated: "limit",
  maxDepth: "limit",
  maxMemo: "limit",
  maxOps: "limit",
  maxWork: "limit",
} satisfies Record<keyof LoadOptions, OptionRule>;
