/** Names as users write them: `local` or `{uri}local`, and what XML lets be a name or a text. */

/** A name in its parts. */
export interface TagParts {
  /** The namespace, or "". */
  readonly uri: string;
  /** The local name. */
  readonly local: string;
}

const NAME_START = "A-Z_a-z\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}" +
  "\\u{37F}-\\u{1FFF}\\u{200C}\\u{200D}\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}" +
  "\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}\\u{10000}-\\u{EFFFF}";
/** A name without a colon as a part of a regular expression with the flag `u`. */
export const NC_NAME_SOURCE: string =
  `[${NAME_START}][${NAME_START}\\-.0-9\\u{B7}\\u{300}-\\u{36F}\\u{203F}\\u{2040}]*`;
const NC_NAME = new RegExp(`^${NC_NAME_SOURCE}$`, "u");
const HTML_NAME = /^[^\s<>&/"'=\0]+$/;
// deno-lint-ignore no-control-regex
const NOT_XML = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;

/** Whether a text is a name without a colon, as the Namespaces recommendation defines it. */
export function isNcName(text: string): boolean {
  return NC_NAME.test(text);
}

/** Takes `{uri}local` apart, without looking at what the parts are. */
export function splitTag(tag: string): TagParts {
  const close = tag.charCodeAt(0) === 123 ? tag.lastIndexOf("}") : -1;
  return close === -1
    ? { uri: "", local: tag }
    : { uri: tag.slice(1, close), local: tag.slice(close + 1) };
}

/**
 * Takes a name for an element or attribute apart.
 *
 * @param tag `local` or `{uri}local`.
 * @param language Whose rules the local name is to follow.
 * @throws {RangeError} If the local name is not one.
 */
export function parseTag(tag: string, language: "xml" | "html"): TagParts {
  const parts = splitTag(tag);
  const valid = language === "xml" || parts.uri !== ""
    ? NC_NAME.test(parts.local)
    : HTML_NAME.test(parts.local);
  if (!valid) {
    throw new RangeError(
      `A name is "local" or "{namespace}local" without a colon, received ${JSON.stringify(tag)}`,
    );
  }
  return parts;
}

/**
 * Refuses what XML cannot hold in any form: control characters, halves of surrogate pairs, U+FFFE and U+FFFF.
 *
 * @param text The text.
 * @param what What it is to be, for the message.
 * @throws {TypeError} If it is not a string.
 * @throws {RangeError} If it has such a character.
 */
export function checkText(text: string, what: string): void {
  if (typeof text !== "string") {
    throw new TypeError(`${what} needs a string, received ${text === null ? "null" : typeof text}`);
  }
  if (NOT_XML.test(text) || !text.isWellFormed()) {
    throw new RangeError(`${what} needs characters of XML, received ${JSON.stringify(text)}`);
  }
}
