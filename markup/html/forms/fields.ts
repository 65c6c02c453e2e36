import type { Element } from "../../tree/mod.ts";
import { inputType, inputValue, trimSpace } from "./values.ts";

/** A name and a value that a form submits. */
export type FormEntry = [name: string, value: string];

/** Kinds of `input` that submit nothing without being pressed, or hold files. */
const SILENT = new Set(["button", "file", "image", "reset", "submit"]);

/** Whether an element has an attribute. */
function has(element: Element, name: string): boolean {
  return element.get(name) !== undefined;
}

/** Whether a field is a check box or a radio button. */
export function isCheckable(field: Element): boolean {
  return field.tag === "input" && ["checkbox", "radio"].includes(inputType(field));
}

/** Whether a field, or a `fieldset` around it, is disabled. A `fieldset` does not disable what is in its first `legend`. */
function isDisabled(field: Element): boolean {
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

function isDisabledOption(option: Element): boolean {
  if (has(option, "disabled")) return true;
  const parent = option.getParent();
  return parent?.tag === "optgroup" && has(parent, "disabled");
}

/** What an option submits. */
export function optionValue(option: Element): string {
  return option.get("value") ??
    trimSpace([...option.iterText()].join("")).replace(/[\t\n\f\r ]+/g, " ");
}

/** The options that are selected: without a mark the first one that is not disabled, if one always is. */
export function selectedOptions(select: Element): Element[] {
  const options = optionsOf(select);
  const marked = options.filter((option) => has(option, "selected"));
  if (has(select, "multiple")) return marked;
  const last = marked.at(-1);
  if (last !== undefined) return [last];
  // A list of more than one line starts without a selection.
  if (Number.parseInt(select.get("size") ?? "1", 10) > 1) return [];
  const chosen = options.find((option) => !isDisabledOption(option));
  return chosen === undefined ? [] : [chosen];
}

/** What a field submits, in order; a button is asked only if it was pressed. */
function entriesOf(field: Element, pressed: boolean): FormEntry[] {
  if (isDisabled(field)) return [];
  const name = field.get("name") ?? "";
  if (pressed && field.tag === "input" && inputType(field) === "image") {
    const prefix = name === "" ? "" : `${name}.`;
    return [[`${prefix}x`, "0"], [`${prefix}y`, "0"]];
  }
  if (name === "") return [];
  if (pressed) return [[name, field.get("value") ?? ""]];
  if (field.tag === "select") {
    return selectedOptions(field).filter((option) => !isDisabledOption(option))
      .map((option) => [name, optionValue(option)]);
  }
  if (field.tag === "textarea") {
    return [[name, [...field.iterText()].join("").replace(/\r\n?/g, "\n")]];
  }
  if (field.tag !== "input" || SILENT.has(inputType(field))) return [];
  if (isCheckable(field)) return has(field, "checked") ? [[name, field.get("value") ?? "on"]] : [];
  return [[name, inputValue(field)]];
}

/**
 * What fields submit.
 *
 * @param fields The fields of a form, in order.
 * @param button The button that was pressed.
 */
export function entriesOfAll(
  fields: readonly Element[],
  button: Element | undefined,
): FormEntry[] {
  // Of radio buttons of one name, browsers keep the last that is checked.
  const radios = new Map<string, Element>();
  const isRadio = (field: Element) => field.tag === "input" && inputType(field) === "radio";
  for (const field of fields) {
    if (isRadio(field) && has(field, "checked")) radios.set(field.get("name") ?? "", field);
  }
  return fields.flatMap((field) =>
    isRadio(field) && radios.get(field.get("name") ?? "") !== field
      ? []
      : entriesOf(field, field === button)
  );
}
