// Random selectors from a grammar, with the names and values of real documents.
import type { Random } from "../../_support/random.ts";
import type { RealTree } from "./real_trees.ts";

/** What documents are made of. */
export interface Words {
  tags: string[];
  ids: string[];
  classes: string[];
  attributes: [string, string][];
  texts: string[];
}

/** Attributes whose values HTML compares without regard to capitals. */
const FOLDED = new Set(
  ("accept accept-charset align alink axis bgcolor charset checked clear codetype color compact declare defer dir direction " +
    "disabled enctype face frame hreflang http-equiv lang language link media method multiple nohref noresize noshade nowrap " +
    "readonly rel rev rules scope scrolling selected shape target text type valign valuetype vlink")
    .split(" "),
);

/** The words of some documents. */
export function wordsOf(trees: readonly RealTree[]): Words {
  const tags = new Set<string>();
  const ids = new Set<string>();
  const classes = new Set<string>();
  const attributes = new Map<string, [string, string]>();
  const texts = new Set<string>();
  for (const { root } of trees) {
    let count = 0;
    for (const element of root.iter("*")) {
      if (count++ > 400) break;
      tags.add(element.localName);
      for (const [name, value] of element.attrib) {
        if (name === "id") ids.add(value);
        if (name === "class") { for (const word of value.trim().split(/\s+/)) classes.add(word); }
        if (!name.startsWith("{") && !FOLDED.has(name) && value.length < 60) {
          attributes.set(`${name} ${value}`, [name, value]);
        }
      }
      const word = /\w{3,12}/.exec(element.text ?? "")?.[0];
      if (word !== undefined) texts.add(word);
    }
  }
  return {
    tags: [...tags],
    ids: [...ids].filter((id) => id !== ""),
    classes: [...classes].filter((name) => name !== ""),
    attributes: [...attributes.values()],
    texts: [...texts],
  };
}

/** A name as CSS writes it. */
export function escaped(name: string): string {
  return name.replace(
    /^-?\d|[^\w-]|^-$/gu,
    (sign) => [...sign].map((one) => `\\${one.codePointAt(0)!.toString(16)} `).join(""),
  );
}

function quoted(text: string): string {
  return `"${text.replace(/["\\\n\r\f]/g, (sign) => `\\${sign.charCodeAt(0).toString(16)} `)}"`;
}

/** What of Selectors is made: what cssselect knows, or all that there is. */
export interface Dialect {
  /** Whether `:not()` and `:is()` have lists of any selectors, and `:nth-child()` an `of`. */
  readonly lists: boolean;
  /** Whether there is `:has()`. */
  readonly has: boolean;
}

/** Makes selectors. */
export class Generator {
  readonly #random: Random;
  readonly #words: Words;
  readonly #dialect: Dialect;

  constructor(random: Random, words: Words, dialect: Dialect) {
    this.#random = random;
    this.#words = words;
    this.#dialect = dialect;
  }

  /** One selector, or a list. */
  list(): string {
    const count = this.#random.below(6) === 0 ? 2 : 1;
    return Array.from({ length: count }, () => this.complex(2)).join(", ");
  }

  /** Compounds with combinators. */
  complex(depth: number): string {
    let text = this.#compound(depth);
    for (let more = this.#random.below(4); more > 0; more--) {
      text += this.#random.pick([" ", " ", " > ", " + ", " ~ "]) + this.#compound(depth);
    }
    return text;
  }

  #compound(depth: number): string {
    const chance = this.#random.below(10);
    let text = chance < 6 ? escaped(this.#random.pick(this.#words.tags)) : chance < 8 ? "*" : "";
    const typed = chance < 6;
    for (let more = this.#random.below(3) + (text === "" ? 1 : 0); more > 0; more--) {
      text += this.#simple(depth, typed);
    }
    return text === "" ? "*" : text;
  }

  #simple(depth: number, typed: boolean): string {
    const random = this.#random;
    switch (random.below(12)) {
      case 0:
        return this.#words.ids.length === 0 ? "" : `#${escaped(random.pick(this.#words.ids))}`;
      case 1:
      case 2:
        return `.${
          escaped(this.#words.classes.length === 0 ? "a" : random.pick(this.#words.classes))
        }`;
      case 3:
      case 4:
      case 5:
        return this.#attribute();
      case 6:
      case 7:
        return this.#nth(depth, typed);
      case 8:
        return random.pick([":first-child", ":last-child", ":only-child", ":empty", ":root"]) +
          (typed && random.below(3) === 0
            ? random.pick([":first-of-type", ":last-of-type", ":only-of-type"])
            : "");
      case 9:
        if (this.#words.texts.length === 0) return "";
        return `:contains(${quoted(random.pick(this.#words.texts))})`;
      case 10:
        if (depth === 0) return "";
        return this.#dialect.lists
          ? `:not(${this.#some(depth - 1)})`
          : `:not(${random.pick([this.#simpleOne(), escaped(random.pick(this.#words.tags))])})`;
      default:
        if (depth === 0) return "";
        if (!this.#dialect.lists) return this.#attribute();
        if (this.#dialect.has && random.below(2) === 0) {
          return `:has(${random.pick(["", "> ", "+ ", "~ "])}${this.complex(depth - 1)})`;
        }
        return `:is(${this.#some(depth - 1)})`;
    }
  }

  #some(depth: number): string {
    return Array.from({ length: 1 + this.#random.below(2) }, () => this.complex(depth)).join(", ");
  }

  #simpleOne(): string {
    const random = this.#random;
    const classes = this.#words.classes;
    return random.below(2) === 0 && classes.length > 0
      ? `.${escaped(random.pick(classes))}`
      : this.#attribute();
  }

  #attribute(): string {
    const random = this.#random;
    const [name, value] = this.#words.attributes.length === 0
      ? ["a", "b"]
      : random.pick(this.#words.attributes);
    const start = random.below(value.length + 1);
    const part = value.slice(start, start + 1 + random.below(8));
    const written = escaped(name);
    switch (random.below(8)) {
      case 0:
      case 1:
        return `[${written}]`;
      case 2:
        return `[${written}=${quoted(value)}]`;
      case 3:
        return `[${written}~=${quoted(value.split(/\s+/)[0]!)}]`;
      case 4:
        return `[${written}|=${quoted(value.split("-")[0]!)}]`;
      case 5:
        return `[${written}^=${quoted(value.slice(0, 1 + random.below(8)))}]`;
      case 6:
        return `[${written}$=${quoted(value.slice(start))}]`;
      default:
        return random.below(3) === 0
          ? `[${written}!=${quoted(value)}]`
          : `[${written}*=${quoted(part)}]`;
    }
  }

  #nth(depth: number, typed: boolean): string {
    const random = this.#random;
    const position = random.pick([
      "odd",
      "even",
      String(1 + random.below(4)),
      `${random.below(5) - 2}n+${random.below(4)}`,
      `${1 + random.below(3)}n - ${random.below(3)}`,
      "n",
      "-n+3",
    ]);
    const names = typed
      ? ["nth-child", "nth-last-child", "nth-of-type", "nth-last-of-type"]
      : ["nth-child", "nth-last-child"];
    const name = random.pick(names);
    if (this.#dialect.lists && depth > 0 && name.endsWith("child") && random.below(3) === 0) {
      return `:${name}(${position} of ${this.complex(depth - 1)})`;
    }
    return `:${name}(${position})`;
  }
}
