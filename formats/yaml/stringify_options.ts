import { BOOLEAN, checkOptions, LIMIT, NUMBER, OBJECT, type OptionRules } from "../options.ts";
import { checkTags, SCHEMAS, type YamlSchema, type YamlTag } from "./options.ts";

/** Options of `stringify` and `stringifyAll`. */
export interface YamlStringifyOptions {
  /**
   * Spaces per level, 1 to 10.
   *
   * @default {2}
   */
  indent?: number;
  /**
   * Column at which long text is folded, or further right where the deepest level would leave it no room; 0 never folds.
   *
   * @default {80}
   */
  lineWidth?: number;
  /**
   * Write the keys of every mapping in order of their code units.
   *
   * @default {false}
   */
  sortKeys?: boolean;
  /**
   * `"block"`: one entry a line; `"flow"`: `{ a: [ 1, 2 ] }`.
   *
   * @default {"block"}
   */
  style?: "block" | "flow";
  /**
   * Quotes for text that needs some, where both serve.
   *
   * @default {"double"}
   */
  quotes?: "double" | "single";
  /**
   * Write an object that occurs more than once only once, with an anchor, and aliases elsewhere. Objects that hold
   * themselves need it.
   *
   * @default {true}
   */
  aliases?: boolean;
  /**
   * The schema of the reader. With `"yaml-1.1"` sets and maps are tagged `!!set` and `!!omap`.
   *
   * @default {"core"}
   */
  schema?: YamlSchema;
  /**
   * Also quote text that only a YAML 1.1 reader, such as PyYAML, would take for something else: `yes`, `1:30`, `010`.
   *
   * @default {true}
   */
  compatible?: boolean;
  /**
   * Tags of one's own; those with `test` are written.
   *
   * @default {[]}
   */
  tags?: readonly YamlTag[];
  /**
   * Deepest nesting of arrays and objects.
   *
   * @default {512}
   */
  maxDepth?: number;
}

const RULES: OptionRules<YamlStringifyOptions> = {
  indent: NUMBER,
  lineWidth: LIMIT,
  sortKeys: BOOLEAN,
  style: ["block", "flow"],
  quotes: ["double", "single"],
  aliases: BOOLEAN,
  schema: SCHEMAS,
  compatible: BOOLEAN,
  tags: OBJECT,
  maxDepth: LIMIT,
};

/** Checks the options of a writer. */
export function checkStringify(options: YamlStringifyOptions | undefined): YamlStringifyOptions {
  const checked = checkTags(checkOptions("Cannot write YAML", options, RULES));
  checkIndent(checked.indent);
  return checked;
}

/** Checks how many spaces a level has. */
export function checkIndent(indent: number = 2): void {
  if (Number.isInteger(indent) && indent >= 1 && indent <= 10) return;
  throw new RangeError(
    `Cannot write YAML: indent must be an integer from 1 to 10, received ${indent}`,
  );
}
