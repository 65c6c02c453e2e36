import { BOOLEAN, OBJECT, type OptionRules } from "../options.ts";
import { COMMENT, ELEMENT, INSTRUCTION } from "../store/layout.ts";
import { COMMENT_TAG, INSTRUCTION_TAG } from "./matcher.ts";
import { kindOf, type ViewMaker } from "../store/node_view.ts";

/**
 * What tells nodes apart in a search: a tag as `local`, `{uri}local`, `{*}local`, `{uri}*` or `*`, or one of the classes
 * `Element`, `Comment` and `ProcessingInstruction`.
 */
export type TagFilter = string | ViewMaker;

/** What `Element.iterText` gives. */
export interface IterTextOptions {
  /**
   * Of which elements; of all if there are none.
   *
   * @default {[]}
   */
  tags?: readonly TagFilter[];
  /**
   * Whether the texts behind elements count.
   *
   * @default {true}
   */
  withTail?: boolean;
}

/** What `Element.iterSiblings` gives. */
export interface SiblingOptions {
  /**
   * Whether the siblings before the element are given, from the nearest on.
   *
   * @default {false}
   */
  preceding?: boolean;
  /**
   * Which siblings; all if there are none.
   *
   * @default {[]}
   */
  tags?: readonly TagFilter[];
}

/** What {@linkcode IterTextOptions} may be. */
export const TEXT_RULES: OptionRules<IterTextOptions> = { tags: OBJECT, withTail: BOOLEAN };

/** What {@linkcode SiblingOptions} may be. */
export const SIBLING_RULES: OptionRules<SiblingOptions> = { preceding: BOOLEAN, tags: OBJECT };

/** The tags that filters stand for. */
export function tagsOf(filters: readonly TagFilter[]): string[] {
  return filters.map((filter) => {
    if (typeof filter === "string") return filter;
    switch (kindOf(filter)) {
      case COMMENT:
        return COMMENT_TAG;
      case INSTRUCTION:
        return INSTRUCTION_TAG;
      case ELEMENT:
        return "*";
    }
    throw new TypeError("A filter is a tag, Element, Comment or ProcessingInstruction");
  });
}
