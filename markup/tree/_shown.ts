/** What `console.log` and `Deno.inspect` show of an element: what it begins with, not where it stands in a store. */

/** As much of an element as is shown. */
interface Shown {
  readonly tag: string;
  readonly text: string | undefined;
  readonly attrib: Iterable<readonly [string, string]>;
}

/** Attributes that are shown, and the length to which a text is. */
const MOST_ATTRIBUTES = 8;
const LONGEST = 40;

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/**
 * Shows an element as its start tag, and a comment or processing instruction by its content.
 *
 * @param element The element.
 */
export function shown(element: Shown): string {
  const { name } = element.constructor;
  if (element.tag.startsWith("#")) return `${name} ${JSON.stringify(cut(element.text ?? ""))}`;
  const attributes = [...element.attrib];
  const parts = attributes.slice(0, MOST_ATTRIBUTES)
    .map(([name, value]) => ` ${name}=${JSON.stringify(cut(value))}`);
  const more = attributes.length > MOST_ATTRIBUTES ? " …" : "";
  return `${name} <${element.tag}${parts.join("")}${more}>`;
}
