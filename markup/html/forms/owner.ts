import type { Element } from "../../tree/mod.ts";

/** Elements that are fields of a form. */
const FIELDS = new Set(["button", "input", "output", "select", "textarea"]);
/** Elements between whose parts a `form` has no content: the parser closes it at once. */
const PARTS = new Set(["table", "tbody", "tfoot", "thead", "tr"]);

/**
 * The fields of a form: those in it, those that name its id, and those behind it in the same table if it stands between the
 * parts of that table.
 *
 * @param form The `form`.
 */
export function fieldsOf(form: Element): Element[] {
  const root = form.getRoot();
  const id = namedId(form, root);
  const table = isCut(form) ? nearest(form, ["table"]) : undefined;
  const found: Element[] = [];
  let cut: Element | undefined;
  for (const element of root.iter("*")) {
    if (table !== undefined && element.tag === "form" && isCut(element)) cut = element;
    if (!FIELDS.has(element.tag)) continue;
    const named = element.get("form");
    // What is in a template is in another document.
    const above = nearest(element, named === undefined ? ["form", "template"] : ["template"]);
    const isOurs = named !== undefined
      ? named === id && above === undefined
      : above === form || (above === undefined && cut === form && isIn(element, table!));
    if (isOurs) found.push(element);
  }
  return found;
}

/** The id by which fields can name a form: only the first element that has it is meant. */
function namedId(form: Element, root: Element): string | undefined {
  const id = form.get("id");
  if (id === undefined || id === "") return undefined;
  for (const element of root.iter("*")) {
    if (element.get("id") === id) return element === form ? id : undefined;
  }
  return undefined;
}

/** Whether a form was closed as soon as it was opened. */
function isCut(form: Element): boolean {
  const parent = form.getParent();
  return parent !== undefined && PARTS.has(parent.tag) && form.length === 0;
}

/** The nearest element above one that has one of some tags. */
function nearest(element: Element, tags: readonly string[]): Element | undefined {
  let at = element.getParent();
  while (at !== undefined && !tags.includes(at.tag)) at = at.getParent();
  return at;
}

function isIn(element: Element, above: Element): boolean {
  let at = element.getParent();
  while (at !== undefined && at !== above) at = at.getParent();
  return at !== undefined;
}
