import type { Element } from "../../tree/mod.ts";

/** A name and a value that a form submits. */
export type FormEntry = [name: string, value: string];

/** Elements that are fields of a form. */
const FIELDS = new Set(["button", "input", "output", "select", "textarea"]);
/** Kinds of `input` that submit nothing without being pressed, or hold files. */
const SILENT = new Set(["button", "file", "image", "reset", "submit"]);

/** Whether an element is a field of a form. */
export function isField(element: Element): boolean {
  return FIELDS.has(element.tag);
}

/** Whether an element has an attribute. */
function has(element: Element, name: string): boolean {
  return element.get(name) !== undefined;
}

/** Kind of an `input`. */
export function inputType(field: Element): string {
  return (field.get("type") ?? "text").toLowerCase();
}

/** Whether a field is a check box or a radio button. */
export function isCheckable(field: Element): boolean {
  return field.tag === "input" && ["checkbox", "radio"].includes(inputType(field));
}

/** Whether a field, or a `fieldset` around it, is disabled. A `fieldset` does not disable what is in its first `legend`. */
export function isDisabled(field: Element): boolean {
  if (has(field, "disabled")) return true;
  let below = field;
  for (let at = field.getParent(); at !== undefined; below = at, at = at.getParent()) {
    if (at.tag !== "fieldset" || !has(at, "disabled")) continue;
    const legend = at.iterChildren("legend").next().value;
    if (legend !== below) return true;
  }
  return false;
}

/** The options of a `select`. */
export function optionsOf(select: Element): Element[] {
  return [...select.iterDescendants("option")];
}

/** What an option submits. */
export function optionValue(option: Element): string {
  return option.get("value") ??
    [...option.iterText()].join("").trim().replace(/[\t\n\f\r ]+/g, " ");
}

/** The options that are selected: without a mark the first one that is not disabled, if only one can be. */
export function selectedOptions(select: Element): Element[] {
  const options = optionsOf(select);
  const marked = options.filter((option) => has(option, "selected"));
  if (has(select, "multiple")) return marked;
  const chosen = marked.at(-1) ?? options.find((option) => !has(option, "disabled"));
  return chosen === undefined ? [] : [chosen];
}

/** What a field submits, in order. */
export function entriesOf(field: Element): FormEntry[] {
  const name = field.get("name");
  if (name === undefined || name === "" || isDisabled(field)) return [];
  if (field.tag === "select") {
    return selectedOptions(field).filter((option) => !has(option, "disabled"))
      .map((option) => [name, optionValue(option)]);
  }
  if (field.tag === "textarea") return [[name, [...field.iterText()].join("")]];
  if (field.tag !== "input" || SILENT.has(inputType(field))) return [];
  if (isCheckable(field)) return has(field, "checked") ? [[name, field.get("value") ?? "on"]] : [];
  return [[name, field.get("value") ?? ""]];
}
