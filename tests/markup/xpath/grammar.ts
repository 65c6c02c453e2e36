// Expressions made from the grammar of XPath 1.0 and the names of a document.
import type { Random } from "../../_support/random.ts";

/** What a document has that expressions can name. */
export interface Vocabulary {
  /** Names of elements as expressions write them. */
  readonly elements: readonly string[];
  readonly attributes: readonly string[];
  readonly texts: readonly string[];
  readonly prefixes: readonly string[];
}

const AXES = [
  "ancestor",
  "ancestor-or-self",
  "attribute",
  "child",
  "child",
  "descendant",
  "descendant-or-self",
  "following",
  "following-sibling",
  "parent",
  "preceding",
  "preceding-sibling",
  "self",
];
const COMPARE = ["=", "=", "!=", "<", "<=", ">", ">="];

/** Makes expressions. */
export class Grammar {
  readonly #random: Random;
  readonly #words: Vocabulary;

  constructor(random: Random, words: Vocabulary) {
    this.#random = random;
    this.#words = words;
  }

  #below(n: number): number {
    return this.#random.below(n);
  }

  #pick<T>(items: readonly T[]): T {
    return this.#random.pick(items);
  }

  /** An expression of any type. */
  expression(): string {
    switch (this.#below(10)) {
      case 0:
        return this.number(3);
      case 1:
        return this.boolean(3);
      case 2:
        return this.string(3);
      default:
        return this.nodes(3);
    }
  }

  #nodeTest(axis: string): string {
    const { elements, attributes, prefixes } = this.#words;
    const names = axis === "attribute" ? attributes : elements;
    switch (this.#below(12)) {
      case 0:
        return "node()";
      case 1:
        return "text()";
      case 2:
        return this.#pick([
          "comment()",
          "processing-instruction()",
          "processing-instruction('pi')",
          "node()",
        ]);
      case 3:
      case 4:
      case 5:
        return "*";
      case 6:
        if (prefixes.length > 0) return `${this.#pick(prefixes)}:*`;
    }
    return names.length === 0 ? "*" : this.#pick(names);
  }

  #step(depth: number): string {
    const { attributes, elements } = this.#words;
    let step: string;
    switch (this.#below(9)) {
      case 0:
        return "..";
      case 1:
        return ".";
      case 2:
        step = `@${attributes.length > 0 && this.#below(3) > 0 ? this.#pick(attributes) : "*"}`;
        break;
      case 3:
      case 4:
      case 5:
        step = elements.length > 0 && this.#below(4) > 0 ? this.#pick(elements) : "*";
        break;
      default: {
        // The order of namespaces is up to each implementation, so none is asked for their positions.
        if (this.#below(16) === 0) return "namespace::*";
        const axis = this.#pick(AXES);
        step = `${axis}::${this.#nodeTest(axis)}`;
      }
    }
    while (depth > 0 && this.#below(3) === 0) step += `[${this.predicate(depth - 1)}]`;
    return step;
  }

  /** What stands in brackets. */
  predicate(depth: number): string {
    const { attributes } = this.#words;
    const attribute = attributes.length > 0 ? this.#pick(attributes) : "x";
    switch (this.#below(12)) {
      case 0:
        return `${1 + this.#below(4)}`;
      case 1:
        return "last()";
      case 2:
        return `position() ${this.#pick(COMPARE)} ${this.#below(5)}`;
      case 3:
        return `last() - ${this.#below(3)}`;
      case 4:
        return `@${attribute}`;
      case 5:
      case 6:
        return `@${attribute} ${this.#pick(COMPARE)} ${this.#literal()}`;
      case 7:
        return this.nodes(depth);
      case 8:
        return this.number(depth);
      case 9:
        return "position() mod 2 = 1";
      default:
        return this.boolean(depth);
    }
  }

  #path(depth: number): string {
    let path = this.#pick(["", "", "/", "//", "//", ".//"]);
    path += this.#step(depth);
    for (let more = this.#below(4); more > 0; more--) {
      path += (this.#below(4) === 0 ? "//" : "/") + this.#step(depth);
    }
    return path;
  }

  /** An expression that gives nodes. */
  nodes(depth: number): string {
    if (depth <= 0) return this.#step(0);
    switch (this.#below(10)) {
      case 0:
        return `${this.nodes(depth - 1)} | ${this.nodes(depth - 1)}`;
      case 1:
        return `(${this.nodes(depth - 1)})[${this.predicate(depth - 1)}]`;
      case 2:
        return `(${this.nodes(depth - 1)})/${this.#step(depth - 1)}`;
      case 3:
        return `(${this.nodes(depth - 1)})[${this.predicate(depth - 1)}]/${this.#step(depth - 1)}`;
    }
    return this.#path(depth - 1);
  }

  #literal(): string {
    const { texts } = this.#words;
    return this.#below(3) === 0 || texts.length === 0
      ? `${this.#below(12)}`
      : quoted(this.#pick(texts));
  }

  /** An expression that gives a boolean. */
  boolean(depth: number): string {
    if (depth <= 0) return this.#pick(["true()", "false()"]);
    const next = depth - 1;
    switch (this.#below(11)) {
      case 0:
        return `${this.boolean(next)} and ${this.boolean(next)}`;
      case 1:
        return `(${this.boolean(next)} or ${this.boolean(next)})`;
      case 2:
        return `not(${this.#any(next)})`;
      case 3:
        return `boolean(${this.#any(next)})`;
      case 4:
        return `contains(${this.string(next)}, ${this.string(next)})`;
      case 5:
        return `starts-with(${this.string(next)}, ${this.string(next)})`;
      case 6:
        return `${this.nodes(next)} ${this.#pick(COMPARE)} ${this.nodes(next)}`;
      case 7:
        return `${this.number(next)} ${this.#pick(COMPARE)} ${this.number(next)}`;
      case 8:
        return `${this.nodes(next)} ${this.#pick(COMPARE)} ${this.#any(next)}`;
      case 9:
        return `lang(${this.#pick(["'en'", "'de'", "'EN'"])})`;
    }
    return `${this.#any(next)} ${this.#pick(COMPARE)} ${this.#any(next)}`;
  }

  #any(depth: number): string {
    switch (this.#below(5)) {
      case 0:
        return `(${this.boolean(depth)})`;
      case 1:
        return this.number(depth);
      case 2:
        return this.string(depth);
    }
    return this.nodes(depth);
  }

  /** An expression that gives a number: no fractions but halves and quarters, which print alike everywhere. */
  number(depth: number): string {
    if (depth <= 0) return this.#pick(["0", "1", "2", "3", "7", "0.5", "-1", "-2.5", "10"]);
    const next = depth - 1;
    switch (this.#below(11)) {
      case 0:
        return `count(${this.nodes(next)})`;
      case 1:
        return `string-length(${this.string(next)})`;
      case 2:
        return `(${this.number(next)} ${this.#pick(["+", "-", "*"])} ${this.number(next)})`;
      case 3:
        return `${this.#pick(["round", "floor", "ceiling"])}(${this.number(next)} div ${
          this.#pick(["2", "4", "0"])
        })`;
      case 4:
        return `number(${this.#below(3) === 0 ? this.boolean(next) : this.string(0)})`;
      case 5:
        return `-${this.number(0)}`;
      case 6:
        return `count(${this.#pick(["preceding", "following"])}-sibling::${
          this.#nodeTest("child")
        })`;
      case 7:
        return `(${this.number(next)} mod ${this.#pick(["2", "3", "-2"])})`;
      case 8:
        return this.#pick(["position()", "last()"]);
    }
    return this.number(0);
  }

  /** An expression that gives a string. */
  string(depth: number): string {
    if (depth <= 0) {
      return this.#below(2) === 0 ? quoted(this.#pick(["x", "", "1", "a b"])) : this.#literalText();
    }
    const next = depth - 1;
    switch (this.#below(12)) {
      case 0:
        return `string(${this.nodes(next)})`;
      case 1:
        return `${this.#pick(["name", "local-name", "namespace-uri"])}(${this.nodes(next)})`;
      case 2:
        return `concat(${this.string(next)}, ${this.string(next)})`;
      case 3:
        return `substring(${this.string(next)}, ${this.number(0)}, ${this.number(0)})`;
      case 4:
        return `substring(${this.string(next)}, ${this.number(0)})`;
      case 5:
        return `normalize-space(${this.string(next)})`;
      case 6:
        return `translate(${this.string(next)}, ${this.string(0)}, ${this.string(0)})`;
      case 7:
        return `substring-before(${this.string(next)}, ${this.string(0)})`;
      case 8:
        return `substring-after(${this.string(next)}, ${this.string(0)})`;
      case 9:
        return this.#pick(["string()", "name()", "local-name()", "normalize-space()"]);
    }
    return this.#literalText();
  }

  #literalText(): string {
    const { texts } = this.#words;
    return texts.length === 0 ? "'x'" : quoted(this.#pick(texts));
  }
}

function quoted(text: string): string {
  return text.includes("'") ? `"${text.replaceAll('"', "")}"` : `'${text}'`;
}
