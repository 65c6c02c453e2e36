import { ELEMENT, FIRST, NEXT, nodeOf, PARENT, storeOf, TAIL, TEXT } from "../../store/mod.ts";
import type { Element } from "../../tree/mod.ts";

/** Elements that are not for reading. */
const HIDDEN = new Set(
  "audio canvas datalist embed head iframe math meter noembed noframes noscript object progress script style svg template title video"
    .split(" "),
);
/** Elements that begin and end lines. */
const BLOCKS = new Set(
  ("address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure footer form header " +
    "hgroup hr html legend li listing main menu nav ol optgroup option plaintext pre search section summary table tbody tfoot thead " +
    "tr ul xmp").split(" "),
);
/** Elements with an empty line before and behind them. */
const PARAGRAPHS = new Set("blockquote dl figure h1 h2 h3 h4 h5 h6 ol p pre table ul".split(" "));
/** Elements whose white space is kept. */
const PREFORMATTED = new Set("listing plaintext pre textarea xmp".split(" "));

/** Puts lines together: runs of white space are one space, and breaks are as many as the strongest one asks for. */
class Lines {
  #out = "";
  /** The last two units of it: to look at the end of a text that grows is slow. */
  #end = "";
  /** Line feeds that come before the next text. */
  #breaks = 0;
  #space = false;

  get text(): string {
    return this.#out;
  }

  break(lines: number): void {
    this.#breaks = Math.max(this.#breaks, lines);
    this.#space = false;
  }

  /** A line end that is written, as by `br`. */
  lineFeed(): void {
    this.#flush();
    this.#append("\n");
  }

  cell(): void {
    this.#space = false;
    this.#flush();
    this.#append("\t");
  }

  #append(text: string): void {
    this.#out += text;
    this.#end = (text.length >= 2 ? text : this.#end + text).slice(-2);
  }

  #flush(): void {
    const end = this.#end;
    if (end !== "" && this.#breaks > 0) {
      const have = end === "\n\n" ? 2 : end.endsWith("\n") ? 1 : 0;
      this.#append("\n".repeat(Math.max(0, this.#breaks - have)));
    } else if (this.#space && end !== "" && !end.endsWith("\n") && !end.endsWith("\t")) {
      this.#append(" ");
    }
    this.#breaks = 0;
    this.#space = false;
  }

  add(text: string, preformatted: boolean): void {
    if (preformatted) {
      this.#flush();
      this.#append(text);
      return;
    }
    const joined = text.replace(/[\t\n\f\r ]{2,}|[\t\n\f\r]/g, " ");
    const start = joined.startsWith(" ") ? 1 : 0;
    if (start === 1 && this.#breaks === 0) this.#space = true;
    if (joined.length === start) return;
    this.#flush();
    const isSpaceBehind = joined.endsWith(" ");
    this.#append(joined.slice(start, isSpaceBehind ? -1 : undefined));
    this.#space = isSpaceBehind;
  }
}

/**
 * The text of an element as a reader sees it: blocks are on lines of their own, paragraphs apart by an empty line, cells by
 * tabs, white space is one space but in `pre`, and scripts, styles and the like are left out.
 *
 * @param element The element.
 *
 * @example Blocks
 * ```ts
 * import { parse, textContent } from "@ferry/std/markup/html";
 * import { assertEquals } from "@std/assert";
 *
 * const page = parse("<h1>Ports</h1><ul><li>Kiel\n <b>(D)</b><li>Oslo</ul><script>x</script>a<br>b");
 * assertEquals(textContent(page), "Ports\n\nKiel (D)\nOslo\n\na\nb");
 * ```
 */
export function textContent(element: Element): string {
  const store = storeOf(element);
  const top = nodeOf(element);
  const { words, names } = store;
  const lines = new Lines();
  let preformatted = 0;
  /** The name of an element of HTML, "" for all other nodes. */
  const nameOf = (node: number) => {
    const name = store.name(node);
    return store.kind(node) === ELEMENT && names.uri(name) === "" ? names.local(name) : "";
  };
  const edge = (name: string) => {
    if (PARAGRAPHS.has(name)) lines.break(2);
    else if (BLOCKS.has(name)) lines.break(1);
  };
  const addText = (place: number) => {
    const text = store.textAt(place);
    if (text !== undefined) lines.add(text, preformatted > 0);
  };
  /** Opens a node; returns whether there is something in it to see. */
  const open = (node: number): boolean => {
    const name = nameOf(node);
    if (store.kind(node) !== ELEMENT || HIDDEN.has(name) || (name === "" && node !== top)) {
      return false;
    }
    if (name === "br") lines.lineFeed();
    edge(name);
    if ((name === "td" || name === "th") && node !== top && node !== firstCell(node)) lines.cell();
    if (PREFORMATTED.has(name)) preformatted++;
    addText(node + TEXT);
    return true;
  };
  const firstCell = (node: number) => {
    for (let at = words[words[node + PARENT]! + FIRST]!; at !== 0; at = words[at + NEXT]!) {
      const name = nameOf(at);
      if (name === "td" || name === "th") return at;
    }
    return 0;
  };
  const close = (node: number) => {
    const name = nameOf(node);
    if (PREFORMATTED.has(name)) preformatted--;
    edge(name);
  };
  let at = top;
  while (true) {
    if (open(at)) {
      if (words[at + FIRST] !== 0) {
        at = words[at + FIRST]!;
        continue;
      }
      close(at);
    }
    while (at !== top && words[at + NEXT] === 0) {
      addText(at + TAIL);
      at = words[at + PARENT]!;
      close(at);
    }
    if (at === top) return lines.text;
    addText(at + TAIL);
    at = words[at + NEXT]!;
  }
}
