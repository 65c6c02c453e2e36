import { SelectorSyntaxError } from "../selector_error.ts";
import type {
  Combinator,
  ComplexSelector,
  CompoundSelector,
  PseudoElement,
  SimpleSelector,
} from "./ast.ts";
import { readAttribute } from "./attribute.ts";
import { Limits, type SelectorOptions } from "./limits.ts";
import { readNth } from "./nth.ts";
import { LISTS, NTH, SAME_TYPE, STATES } from "./pseudo_classes.ts";
import { readQualifiedName } from "./qualified_name.ts";
import { Scanner } from "./scanner.ts";

/** Where a list of selectors stands: on top, in parentheses, or in those of `:has()`. */
type Place = "top" | "inside" | "relative";

/** Reads selectors by "Selectors Level 4". */
class Parser {
  readonly scan: Scanner;
  readonly #namespaces: Readonly<Record<string, string>>;
  readonly #limits: Limits;
  /** How many parentheses are open. */
  #open = 0;
  /** The largest depth of what stands in parentheses in the selector that is read. */
  #inside = 0;

  constructor(text: string, options: SelectorOptions) {
    this.#namespaces = options.namespaces ?? {};
    this.#limits = new Limits(options);
    const { maxLength } = this.#limits;
    if (text.length > maxLength) {
      const message = `A selector has at most ${maxLength} units, received ${text.length}`;
      throw new SelectorSyntaxError(message, text.slice(0, maxLength), maxLength);
    }
    this.scan = new Scanner(text);
  }

  /** Reads selectors with commas between them. */
  list(place: Place): ComplexSelector[] {
    const { scan } = this;
    const list: ComplexSelector[] = [];
    do {
      scan.skipSpace();
      list.push(this.#complex(place));
    } while (scan.take(","));
    return list;
  }

  #complex(place: Place): ComplexSelector {
    const { scan } = this;
    const start = scan.at;
    const around = this.#inside;
    this.#inside = 0;
    const compounds: CompoundSelector[] = [];
    let pseudo: PseudoElement | undefined;
    let combinator = this.#leading(place);
    if (combinator !== undefined && place === "top") {
      compounds.push({ combinator: undefined, tests: [{ kind: "state", name: "scope" }] });
    }
    while (true) {
      const tests = this.#compound();
      if (scan.text.startsWith("::", scan.at)) pseudo = this.#pseudoElement(place);
      if (tests.length === 0 && pseudo === undefined) throw scan.wrong("a selector");
      compounds.push({ combinator, tests });
      const space = scan.skipSpace();
      if (scan.done || scan.unit() === 44 || scan.unit() === 41) break;
      if (pseudo !== undefined) throw scan.wrong("the end of the selector");
      combinator = this.#combinator() ?? (space ? " " : undefined);
      if (combinator === undefined) throw scan.wrong("a combinator, a comma or the end");
    }
    const depth = compounds.length + this.#inside;
    if (depth > this.#limits.maxDepth) throw this.#tooDeep(start);
    this.#inside = Math.max(around, depth);
    return { compounds, pseudo };
  }

  /** Reads the combinator that a selector may begin with: in `:has()`, and on top, where it hangs on the scope. */
  #leading(place: Place): Combinator | undefined {
    switch (place) {
      case "relative":
        return this.#combinator() ?? " ";
      case "top":
        return this.#combinator();
      case "inside":
        return undefined;
    }
  }

  #tooDeep(at: number): SelectorSyntaxError {
    return this.scan.error(
      `A selector has at most ${this.#limits.maxDepth} compounds that hang on one another, received more`,
      at,
    );
  }

  /** Reads a combinator that is no white space, and the white space behind it. */
  #combinator(): Combinator | undefined {
    const { scan } = this;
    const sign = scan.text[scan.at];
    if (sign !== ">" && sign !== "+" && sign !== "~") return undefined;
    scan.at++;
    scan.skipSpace();
    return sign;
  }

  /** Reads the tests of one element. */
  #compound(): SimpleSelector[] {
    const { scan } = this;
    const tests: SimpleSelector[] = [];
    const sign = scan.text[scan.at];
    if (sign === "*" || sign === "|" || scan.atName()) {
      const { prefixed, uri, local } = readQualifiedName(
        scan,
        this.#namespaces,
        "the name of an element",
      );
      tests.push({ kind: "type", uri: prefixed ? uri : this.#elementsUri(), local });
    }
    while (true) {
      switch (scan.text[scan.at]) {
        case "#":
          scan.at++;
          tests.push({ kind: "id", value: scan.name("the name of an id") });
          break;
        case ".":
          scan.at++;
          tests.push({ kind: "class", value: scan.name("the name of a class") });
          break;
        case "[":
          tests.push(readAttribute(scan, this.#namespaces));
          break;
        case ":":
          if (scan.unit(1) === 58) return this.#withNamespace(tests);
          tests.push(...this.#pseudoClass());
          break;
        case "/":
          if (!scan.skipComment()) return this.#withNamespace(tests);
          break;
        default:
          return this.#withNamespace(tests);
      }
    }
  }

  /** The namespace of elements whose names have no prefix, `undefined` for any. */
  #elementsUri(): string | undefined {
    return Object.hasOwn(this.#namespaces, "") ? this.#namespaces[""] : undefined;
  }

  /** Tests without a name of an element ask for the namespace of those without a prefix, but inside `:not()` and the like. */
  #withNamespace(tests: SimpleSelector[]): SimpleSelector[] {
    const uri = this.#elementsUri();
    if (uri !== undefined && this.#open === 0 && tests[0]?.kind !== "type") {
      tests.unshift({ kind: "type", uri, local: undefined });
    }
    return tests;
  }

  #pseudoClass(): readonly SimpleSelector[] {
    const { scan } = this;
    const start = scan.at++;
    const name = scan.name("the name of a pseudo-class").toLowerCase();
    if (!scan.take("(")) {
      const state = STATES.get(name);
      if (state !== undefined) return [{ kind: "state", name: state }];
      const counts = SAME_TYPE.get(name);
      if (counts !== undefined) return counts;
      throw scan.error(`A pseudo-class that is known is needed, received ":${name}"`, start);
    }
    if (++this.#open >= this.#limits.maxDepth) throw this.#tooDeep(start);
    scan.skipSpace();
    const test = this.#function(name, start);
    scan.skipSpace();
    if (!scan.take(")")) throw scan.wrong(")");
    this.#open--;
    return [test];
  }

  /** Reads what is in the parentheses of a pseudo-class. */
  #function(name: string, start: number): SimpleSelector {
    const { scan } = this;
    const kind = LISTS.get(name);
    if (kind !== undefined) {
      if (name !== "not" && name !== "has" && scan.unit() === 41) return { kind, list: [] };
      return { kind, list: this.list(kind === "has" ? "relative" : "inside") };
    }
    const nth = NTH.get(name);
    if (nth !== undefined) {
      const { step, offset } = readNth(scan);
      const space = scan.skipSpace();
      const filtered = !nth.type && space &&
        /of(?![\w-])/iy.test(scan.text.slice(scan.at, scan.at + 3));
      if (filtered) scan.at += 2;
      const of = nth.type ? "type" : filtered ? this.list("inside") : "all";
      return { kind: "nth", step, offset, last: nth.last, of };
    }
    switch (name) {
      case "lang":
        return { kind: "lang", ranges: this.#words() };
      case "dir":
        return { kind: "dir", value: scan.name("ltr or rtl").toLowerCase() };
      case "contains":
        return { kind: "contains", text: this.#text() };
    }
    throw scan.error(`A pseudo-class that is known is needed, received ":${name}()"`, start);
  }

  /** Reads names or strings with commas between them. */
  #words(): string[] {
    const { scan } = this;
    const words: string[] = [];
    do {
      scan.skipSpace();
      const quoted = scan.unit() === 34 || scan.unit() === 39;
      if (quoted) words.push(scan.string());
      else words.push((scan.take("*") ? "*" : "") + scan.name("a language"));
      scan.skipSpace();
    } while (scan.take(","));
    return words;
  }

  /** Reads a string, or words up to the closing parenthesis. */
  #text(): string {
    const { scan } = this;
    if (scan.unit() === 34 || scan.unit() === 39) return scan.string();
    const start = scan.at;
    let text = "";
    while (!scan.done && scan.unit() !== 41) {
      const word = scan.nameRest();
      text += word === "" ? scan.text[scan.at++] : word;
    }
    if (text === "") throw scan.wrong("a text", start);
    return text.trimEnd();
  }

  #pseudoElement(place: Place): PseudoElement {
    const { scan } = this;
    const start = scan.at;
    scan.at += 2;
    const name = scan.name("the name of a pseudo-element").toLowerCase();
    if (place !== "top") {
      throw scan.error(
        `A pseudo-element needs to be outside of parentheses, received "::${name}"`,
        start,
      );
    }
    if (name === "text") return { kind: "text" };
    if (name !== "attr" || !scan.take("(")) {
      throw scan.error(`A pseudo-element is ::text or ::attr(name), received "::${name}"`, start);
    }
    scan.skipSpace();
    const at = scan.at;
    const { prefixed, uri, local } = readQualifiedName(
      scan,
      this.#namespaces,
      "the name of an attribute",
    );
    if (local === undefined) throw scan.wrong("the name of an attribute", at);
    scan.skipSpace();
    if (!scan.take(")")) throw scan.wrong(")");
    return { kind: "attr", uri: prefixed ? uri : "", local };
  }
}

/**
 * Reads a list of selectors.
 *
 * @param text The selectors.
 * @param options What prefixes stand for, and limits.
 * @throws {SelectorSyntaxError} If the text is none, or goes beyond a limit.
 * @throws {RangeError} If a limit is out of range.
 */
export function parseSelectors(text: string, options: SelectorOptions): ComplexSelector[] {
  const parser = new Parser(text, options);
  const list = parser.list("top");
  const { scan } = parser;
  if (!scan.done) throw scan.wrong("the end");
  const first = list[0]!.pseudo === undefined;
  if (list.some(({ pseudo }) => (pseudo === undefined) !== first)) {
    throw scan.error("All selectors of a list need a pseudo-element, or none, received both", 0);
  }
  return list;
}
