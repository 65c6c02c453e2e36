import { type Element, ElementTree } from "../../tree/mod.ts";
import { documentBase } from "../links/base.ts";
import { entriesOfAll, type FormEntry, isCheckable, optionsOf, optionValue } from "./fields.ts";
import { fieldsOf } from "./owner.ts";

/** How a form is submitted. Names other than `button` are left to `Request`, those too that it does not know. */
export interface FormSubmitOptions extends RequestInit {
  /**
   * The button of the form that is pressed: its name and value are submitted, too.
   *
   * @default {undefined}
   */
  button?: Element;
}

/**
 * A form of a page.
 *
 * @example Fill in and submit
 * ```ts
 * import { forms, parse } from "@ferry/std/markup/html";
 * import { assertEquals } from "@std/assert";
 *
 * const page = parse(
 *   "<form action=/find><input name=q><input type=checkbox name=new><select name=n><option>10<option>20</select></form>",
 *   { url: "https://example.com/" },
 * );
 * const [form] = forms(page);
 * form!.set("q", "ahoy").set("new", true).set("n", "20");
 * assertEquals(form!.request().url, "https://example.com/find?q=ahoy&new=on&n=20");
 * ```
 */
export class HtmlForm {
  /** The `form`. */
  readonly element: Element;

  /**
   * The form of an element.
   *
   * @example Make one
   * ```ts
   * import { HtmlForm, parse } from "@ferry/std/markup/html";
   *
   * const page = parse("<form action=/find><input name=q></form>");
   * const form = new HtmlForm(page.find("body/form")!);
   * ```
   *
   * @param element The `form`.
   * @throws {TypeError} If the element is not a `form`.
   */
  constructor(element: Element) {
    if (element.tag !== "form") {
      throw new TypeError(`A form needs an element "form", received "${element.tag}"`);
    }
    this.element = element;
  }

  /**
   * The fields: in the form, anywhere in the document with the form's id in their `form`, or behind the form if it stands
   * between the rows or cells of a table, where HTML lets it have no content.
   */
  get fields(): Element[] {
    return fieldsOf(this.element);
  }

  /** `"get"` or `"post"`. */
  get method(): "get" | "post" {
    return this.element.get("method")?.toLowerCase() === "post" ? "post" : "get";
  }

  /** Where the form goes, as it is written; "" is the document itself. */
  get action(): string {
    return this.element.get("action")?.trim() ?? "";
  }

  /** What the form submits, in the order of the fields. */
  formValues(): FormEntry[] {
    return entriesOfAll(this.fields, undefined);
  }

  /** The fields of a name. */
  #named(name: string): Element[] {
    const found = this.fields.filter((field) => field.get("name") === name);
    if (found.length === 0) {
      throw new RangeError(`The form needs a field of the name, received "${name}"`);
    }
    return found;
  }

  /**
   * Fills in a field.
   *
   * @param name Its name.
   * @param value The text; the option or options to select; the radio button to check; the check boxes to check by their
   * values, or `true` and `false` for one that stands alone.
   * @returns This.
   * @throws {RangeError} If there is no field of that name, or no option or button of that value.
   */
  set(name: string, value: string | boolean | readonly string[]): this {
    const fields = this.#named(name);
    const first = fields[0]!;
    if (typeof value === "boolean") {
      for (const field of fields.filter(isCheckable)) mark(field, "checked", value);
      return this;
    }
    const values = typeof value === "string" ? [value] : value;
    if (first.tag === "select") choose(name, optionsOf(first), values, optionValue, "selected");
    else if (isCheckable(first)) {
      choose(name, fields, values, (field) => field.get("value") ?? "on", "checked");
    } else if (first.tag === "textarea") {
      for (const child of [...first]) first.remove(child);
      first.text = values[0] ?? "";
    } else first.set("value", values[0] ?? "");
    return this;
  }

  /**
   * The request that submits the form.
   *
   * @param options What `Request` takes, and the button that is pressed.
   * @throws {TypeError} If the address of the document is not known and the form's is not absolute, or the button is not one
   * of the form.
   */
  request(options: FormSubmitOptions = {}): Request {
    const { button, ...init } = options;
    const { fields } = this;
    if (button !== undefined && !fields.includes(button)) {
      throw new TypeError(`A form is submitted by a button of its own, received "${button.tag}"`);
    }
    const entries = entriesOfAll(fields, button)
      .map((entry) => entry.map((text) => text.replace(/\r\n?|\n/g, "\r\n")) as FormEntry);
    const address = button?.get("formaction")?.trim() ?? this.action;
    const { root, info } = ElementTree.of(this.element);
    const url = new URL(address, address === "" ? info.url : documentBase(root, info.url));
    const method = (button?.get("formmethod")?.toLowerCase() ?? this.method) === "post"
      ? "POST"
      : "GET";
    if (method === "GET") {
      url.search = new URLSearchParams(entries).toString();
      return new Request(url, { ...init, method });
    }
    const encoding = button?.get("formenctype") ?? this.element.get("enctype");
    if (encoding?.toLowerCase() !== "multipart/form-data") {
      return new Request(url, { ...init, method, body: new URLSearchParams(entries) });
    }
    const body = new FormData();
    for (const [key, text] of entries) body.append(key, text);
    return new Request(url, { ...init, method, body });
  }

  /**
   * Submits the form.
   *
   * @param fetcher Sends the request: `fetch`, or what has its own cookies.
   * @param options What `Request` takes, and the button that is pressed.
   * @throws {TypeError} If the address of the document is not known and the form's is not absolute, or the button is not one
   * of the form.
   */
  submit(
    fetcher: (request: Request) => Promise<Response> = fetch,
    options: FormSubmitOptions = {},
  ): Promise<Response> {
    return fetcher(this.request(options));
  }
}

function mark(element: Element, attribute: string, on: boolean): void {
  if (on) element.set(attribute, "");
  else element.attrib.delete(attribute);
}

/** Marks those elements that have one of some values. */
function choose(
  name: string,
  elements: readonly Element[],
  values: readonly string[],
  valueOf: (element: Element) => string,
  attribute: string,
): void {
  const known = new Set(elements.map(valueOf));
  const missing = values.find((value) => !known.has(value));
  if (missing !== undefined) {
    throw new RangeError(`The field "${name}" needs one of its own values, received "${missing}"`);
  }
  for (const element of elements) mark(element, attribute, values.includes(valueOf(element)));
}

/**
 * The forms of a page.
 *
 * @param top Where to look: this element and all below.
 *
 * @example What a form submits
 * ```ts
 * import { forms, parse } from "@ferry/std/markup/html";
 * import { assertEquals } from "@std/assert";
 *
 * const [form] = forms(parse("<form><input name=a value=1><textarea name=b>2</textarea></form>"));
 * assertEquals(form!.formValues(), [["a", "1"], ["b", "2"]]);
 * ```
 */
export function forms(top: Element): HtmlForm[] {
  return [...top.iter("form")].map((element) => new HtmlForm(element));
}
