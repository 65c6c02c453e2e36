import { checkOptions } from "../options.ts";
import type { LoadOptions } from "./load/options.ts";
import { LOAD_RULES } from "./load/rules.ts";
import type { DumpOptions } from "./save/options.ts";
import { DUMP_RULES } from "./save/rules.ts";

/** Separates options that are given together for writing and reading; those that both have go to both. */
export function splitOptions(
  options: DumpOptions & LoadOptions,
): { readonly dump: DumpOptions; readonly load: LoadOptions } {
  checkOptions("Cannot write and read pickles", options, { ...DUMP_RULES, ...LOAD_RULES });
  const pick = (rules: object) =>
    Object.fromEntries(Object.entries(options).filter(([name]) => Object.hasOwn(rules, name)));
  return { dump: pick(DUMP_RULES), load: pick(LOAD_RULES) };
}
