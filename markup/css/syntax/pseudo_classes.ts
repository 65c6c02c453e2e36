import type { NthTest, StateName } from "./ast.ts";

/** Pseudo-classes without parentheses that are told by one word. */
export const STATES: ReadonlyMap<string, StateName> = new Map<string, StateName>([
  ["any-link", "any-link"],
  ["checked", "checked"],
  ["disabled", "disabled"],
  ["empty", "empty"],
  ["enabled", "enabled"],
  ["first-child", "first-child"],
  ["last-child", "last-child"],
  ["link", "any-link"],
  ["only-child", "only-child"],
  ["optional", "optional"],
  ["required", "required"],
  ["root", "root"],
  ["scope", "scope"],
  // What only somebody who looks at a page brings about.
  ...["active", "focus", "focus-visible", "focus-within", "hover", "target", "visited"].map(
    (name): [string, StateName] => [name, "never"],
  ),
]);

/** Pseudo-classes that count siblings of the same name, as one or two tests. */
export const SAME_TYPE: ReadonlyMap<string, readonly NthTest[]> = new Map([
  ["first-of-type", [sameType(false)]],
  ["last-of-type", [sameType(true)]],
  ["only-of-type", [sameType(false), sameType(true)]],
]);

function sameType(last: boolean): NthTest {
  return { kind: "nth", step: 0, offset: 1, last, of: "type" };
}

/** Pseudo-classes that count siblings: from the last one on, and whether those of the same name. */
export const NTH: ReadonlyMap<string, { readonly last: boolean; readonly type: boolean }> = new Map(
  [
    ["nth-child", { last: false, type: false }],
    ["nth-last-child", { last: true, type: false }],
    ["nth-of-type", { last: false, type: true }],
    ["nth-last-of-type", { last: true, type: true }],
  ],
);

/** Pseudo-classes that have a list of selectors in their parentheses. */
export const LISTS: ReadonlyMap<string, "is" | "not" | "has"> = new Map<
  string,
  "is" | "not" | "has"
>([
  ["is", "is"],
  ["where", "is"],
  ["matches", "is"],
  ["not", "not"],
  ["has", "has"],
]);
