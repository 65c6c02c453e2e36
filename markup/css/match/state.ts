import { COMMENT, FIRST, INSTRUCTION, NEXT, PARENT, PREV, TAIL, TEXT } from "../../store/mod.ts";
import type { StateName } from "../syntax/ast.ts";
import { isChecked, isControl, isDisabled, isField, isLink, isRequired } from "./html_state.ts";
import type { Query } from "./query.ts";
import type { Test } from "./matching.ts";

/** A state that a word tells, such as `:empty`. */
export class StateTest implements Test {
  readonly #name: StateName;

  constructor(name: StateName) {
    this.#name = name;
  }

  matches(query: Query, node: number): boolean {
    switch (this.#name) {
      case "first-child":
        return query.linked(node, PREV) === 0;
      case "last-child":
        return query.linked(node, NEXT) === 0;
      case "only-child":
        return query.linked(node, PREV) === 0 && query.linked(node, NEXT) === 0;
      case "root":
        return query.linked(node, PARENT) === 0;
      case "empty":
        return isEmpty(query, node);
      case "scope":
        return node === query.scope;
      case "any-link":
        return isLink(query, node);
      case "checked":
        return isChecked(query, node);
      case "disabled":
        return isControl(query, node) && isDisabled(query, node);
      case "enabled":
        return isControl(query, node) && !isDisabled(query, node);
      case "required":
        return isRequired(query, node);
      case "optional":
        return isField(query, node) && !isRequired(query, node);
      case "never":
        return false;
    }
  }
}

/** Whether an element has neither elements nor text in it. Comments and processing instructions do not count. */
function isEmpty(query: Query, node: number): boolean {
  const { store, words } = query;
  const hasText = (place: number) => {
    // Most texts are told by the words alone.
    if (words[place] === 0 && words[place + 1] === 0) return false;
    return store.textAt(place) !== "";
  };
  if (hasText(node + TEXT)) return false;
  for (let at = words[node + FIRST]!; at !== 0; at = words[at + NEXT]!) {
    const kind = store.kind(at);
    if (kind !== COMMENT && kind !== INSTRUCTION) return false;
    if (hasText(at + TAIL)) return false;
  }
  return true;
}
