/** States of elements of HTML that follow from attributes, by the HTML standard, section 4.16.3. */
import { FIRST, NEXT, PARENT } from "../../store/mod.ts";
import type { Query } from "./query.ts";

const CONTROLS = new Set([
  "button",
  "fieldset",
  "input",
  "optgroup",
  "option",
  "select",
  "textarea",
]);
/** Controls that a disabled `fieldset` disables. */
const IN_FIELDSET = new Set(["button", "fieldset", "input", "select", "textarea"]);
/** Types of `input` that cannot be required. */
const NEVER_REQUIRED = new Set(["button", "color", "hidden", "image", "range", "reset", "submit"]);

/** Name of an element of HTML; "" for any other one. */
function htmlName(query: Query, node: number): string {
  return query.isHtml(node) ? query.local(node) : "";
}

function typeOf(query: Query, node: number): string {
  return query.attribute(node, "type")?.toLowerCase() ?? "";
}

/** The namespace of SVG. */
const SVG = "http://www.w3.org/2000/svg";
/** The namespace of the links of old SVG. */
const XLINK = "http://www.w3.org/1999/xlink";

/** Whether an element is a hyperlink, of HTML or SVG. */
export function isLink(query: Query, node: number): boolean {
  const { store } = query;
  const tag = store.name(node);
  if (store.names.uri(tag) === SVG) {
    const old = store.names.find("href", XLINK, "xlink");
    return query.local(node) === "a" &&
      (query.hasAttribute(node, "href") || (old !== 0 && store.findAttribute(node, old) !== -1));
  }
  const name = htmlName(query, node);
  return (name === "a" || name === "area") && query.hasAttribute(node, "href");
}

/** Whether an element can be disabled. */
export function isControl(query: Query, node: number): boolean {
  return CONTROLS.has(htmlName(query, node));
}

/** Whether an element is filled in, and so is required or optional. */
export function isField(query: Query, node: number): boolean {
  const name = htmlName(query, node);
  return name === "input" || name === "select" || name === "textarea";
}

/** Whether a field must be filled in. */
export function isRequired(query: Query, node: number): boolean {
  if (!isField(query, node) || !query.hasAttribute(node, "required")) return false;
  return query.local(node) !== "input" || !NEVER_REQUIRED.has(typeOf(query, node));
}

/** Whether a control is disabled, by itself or by what it is in. */
export function isDisabled(query: Query, node: number): boolean {
  if (query.hasAttribute(node, "disabled")) return true;
  const name = query.local(node);
  if (name === "option") {
    const parent = query.linked(node, PARENT);
    return parent !== 0 && htmlName(query, parent) === "optgroup" &&
      query.hasAttribute(parent, "disabled");
  }
  return IN_FIELDSET.has(name) && inDisabledFieldset(query, node);
}

/** What is below a disabled `fieldset` is disabled, but for what is in its first `legend`. */
const BELOW = {};

function inDisabledFieldset(query: Query, node: number): boolean {
  const known = query.kept(BELOW, () => new Map<number, boolean>());
  const path: number[] = [];
  let answer = false;
  for (let child = node; !answer;) {
    const found = known.get(child);
    if (found !== undefined) {
      answer = found;
      break;
    }
    path.push(child);
    const parent = query.linked(child, PARENT);
    if (parent === 0) break;
    if (htmlName(query, parent) === "fieldset" && query.hasAttribute(parent, "disabled")) {
      answer = child !== firstLegend(query, parent);
    }
    child = parent;
  }
  for (const at of path) known.set(at, answer);
  return answer;
}

function firstLegend(query: Query, fieldset: number): number {
  const { words } = query;
  for (let at = words[fieldset + FIRST]!; at !== 0; at = words[at + NEXT]!) {
    if (query.isElement(at) && htmlName(query, at) === "legend") return at;
  }
  return 0;
}

/** Whether a box is ticked or an option chosen, as the document says. */
export function isChecked(query: Query, node: number): boolean {
  const name = htmlName(query, node);
  if (name === "input") {
    const type = typeOf(query, node);
    return (type === "checkbox" || type === "radio") && query.hasAttribute(node, "checked");
  }
  if (name !== "option") return false;
  let select = query.linked(node, PARENT);
  while (select !== 0 && htmlName(query, select) !== "select") {
    const around = htmlName(query, select);
    if (around === "datalist" || around === "option") select = 0;
    else select = query.linked(select, PARENT);
  }
  if (select === 0 || query.hasAttribute(select, "multiple")) {
    return query.hasAttribute(node, "selected");
  }
  const chosen = query.kept(CHOSEN, () => new Map<number, number>());
  let option = chosen.get(select);
  if (option === undefined) chosen.set(select, option = chosenOption(query, select));
  return option === node;
}

const CHOSEN = {};

/** The option of a `select` of one choice: the last that is selected; the first that can be, where a list is folded up. */
function chosenOption(query: Query, select: number): number {
  const { store } = query;
  let [first, selected] = [0, 0];
  for (let at = store.following(select, select); at !== 0; at = store.following(at, select)) {
    if (!query.isElement(at) || htmlName(query, at) !== "option") continue;
    if (query.hasAttribute(at, "selected")) selected = at;
    if (first === 0 && !isDisabled(query, at)) first = at;
  }
  if (selected !== 0) return selected;
  return Number(query.attribute(select, "size") ?? "1") > 1 ? 0 : first;
}
