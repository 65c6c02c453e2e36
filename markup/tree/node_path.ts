/** Paths that lead to a node: as XPath, and as a CSS selector. */
import { COMMENT, DOCUMENT, ELEMENT, INSTRUCTION, NEXT, PARENT, PREV } from "../store/layout.ts";
import type { TreeStore } from "../store/tree_store.ts";

/** Position of a node among its siblings that pass a test, from 1; 0 if it is the only one. */
function positionOf(store: TreeStore, node: number, alike: (other: number) => boolean): number {
  let before = 0;
  for (let at = store.words[node + PREV]!; at !== 0; at = store.words[at + PREV]!) {
    if (alike(at)) before++;
  }
  if (before > 0) return before + 1;
  for (let at = store.words[node + NEXT]!; at !== 0; at = store.words[at + NEXT]!) {
    if (alike(at)) return 1;
  }
  return 0;
}

function xpathStep(store: TreeStore, node: number): string {
  const kind = store.kind(node);
  const name = store.name(node);
  const { names } = store;
  let step: string;
  let any = false;
  if (kind === COMMENT) step = "comment()";
  else if (kind === INSTRUCTION) step = `processing-instruction('${names.local(name)}')`;
  else {
    // A name in the default namespace cannot be written in XPath.
    any = names.uri(name) !== "" && names.prefix(name) === "";
    step = any ? "*" : names.qualified(name);
  }
  const position = positionOf(
    store,
    node,
    (other) =>
      store.kind(other) === kind && (any || names.qualified(store.name(other)) === step ||
        (kind !== ELEMENT && store.name(other) === name)),
  );
  return position === 0 ? step : `${step}[${position}]`;
}

/** Puts a backslash before what CSS would not read as a part of a name; names begin with a letter or `_`. */
function escapeCss(name: string): string {
  return name.replace(/[!-,./:-@[-^`{-~]/g, "\\$&");
}

function cssStep(store: TreeStore, node: number): string {
  const local = store.names.local(store.name(node));
  let [index, alike] = [1, false];
  const same = (other: number) =>
    store.kind(other) === ELEMENT && store.names.local(store.name(other)) === local;
  for (let at = store.words[node + PREV]!; at !== 0; at = store.words[at + PREV]!) {
    if (store.kind(at) === ELEMENT) index++;
    alike ||= same(at);
  }
  for (let at = store.words[node + NEXT]!; at !== 0 && !alike; at = store.words[at + NEXT]!) {
    alike = same(at);
  }
  return escapeCss(local) + (alike ? `:nth-child(${index})` : "");
}

function climb(store: TreeStore, node: number, step: (at: number) => string): string[] {
  const steps: string[] = [];
  for (let at = node; at !== 0 && store.kind(at) !== DOCUMENT; at = store.words[at + PARENT]!) {
    steps.push(step(at));
  }
  return steps.reverse();
}

/** The XPath that leads to a node from the top. */
export function getPath(store: TreeStore, node: number): string {
  return `/${climb(store, node, (at) => xpathStep(store, at)).join("/")}`;
}

/** The CSS selector that leads to an element from the top. */
export function cssPath(store: TreeStore, node: number): string {
  return climb(store, node, (at) => cssStep(store, at)).join(" > ");
}
