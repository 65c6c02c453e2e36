import type {
  ComplexSelector,
  CompoundSelector,
  PseudoElement,
  SimpleSelector,
} from "../syntax/ast.ts";
import { AttributeTest } from "./attribute_test.ts";
import { Complex } from "./complex.ts";
import { Compound } from "./compound.ts";
import { ContainsTest } from "./contains_test.ts";
import { DirTest } from "./dir_test.ts";
import { LangTest } from "./lang_test.ts";
import { AnyOf, NoneOf } from "./lists.ts";
import { NameVerdict } from "./name_verdict.ts";
import { NthTest } from "./nth_test.ts";
import { Relative } from "./relative.ts";
import { StateTest } from "./state_test.ts";
import type { Test } from "./test.ts";
import { WordTest } from "./word_test.ts";

/** For which documents a selector is compiled. */
export interface Mode {
  /** Whether they are HTML. */
  readonly html: boolean;
  /** Whether they are in quirks mode. */
  readonly quirks: boolean;
}

/** A selector of the list, ready to match. */
export interface Alternative {
  readonly test: Complex;
  readonly pseudo: PseudoElement | undefined;
}

/** What a test costs, about: cheap ones come first. */
const COSTS: Readonly<Record<SimpleSelector["kind"], number>> = {
  type: 0,
  id: 1,
  class: 2,
  attribute: 3,
  state: 4,
  lang: 5,
  nth: 6,
  is: 7,
  not: 7,
  dir: 8,
  has: 9,
  contains: 10,
};

class Compiler {
  readonly #mode: Mode;
  /** How many questions there are whose answers may be kept. */
  #slots = 0;

  constructor(mode: Mode) {
    this.#mode = mode;
  }

  complex({ compounds }: ComplexSelector): Complex {
    const slot = this.#take(compounds.length);
    return new Complex(
      compounds.map((compound) => this.#compound(compound)),
      compounds.map(({ combinator }) => combinator),
      slot,
    );
  }

  #relative({ compounds }: ComplexSelector): Relative {
    const slot = this.#take(compounds.length);
    return new Relative(
      compounds.map((compound) => this.#compound(compound)),
      compounds.map(({ combinator }) => combinator!),
      slot,
    );
  }

  #take(count: number): number {
    const slot = this.#slots;
    this.#slots += count;
    return slot;
  }

  #compound({ tests }: CompoundSelector): Compound {
    const sorted = tests.toSorted((a, b) => COSTS[a.kind] - COSTS[b.kind]);
    let type: NameVerdict | undefined;
    let word: WordTest | undefined;
    const rest: Test[] = [];
    for (const test of sorted) {
      if (test.kind === "type") {
        const any = test.uri === undefined && test.local === undefined;
        if (!any) type = new NameVerdict(test.uri, test.local, this.#mode.html);
      } else if (word === undefined && (test.kind === "id" || test.kind === "class")) {
        word = this.#word(test.value, test.kind === "id");
      } else rest.push(this.#simple(test));
    }
    return new Compound(type, word, rest);
  }

  #word(value: string, isId: boolean): WordTest {
    return new WordTest(value, isId, this.#mode.quirks);
  }

  #simple(test: Exclude<SimpleSelector, { kind: "type" }>): Test {
    switch (test.kind) {
      case "id":
      case "class":
        return this.#word(test.value, test.kind === "id");
      case "attribute":
        return new AttributeTest(test, this.#mode.html);
      case "is":
        return new AnyOf(test.list.map((one) => this.complex(one)));
      case "not":
        return new NoneOf(test.list.map((one) => this.complex(one)));
      case "has":
        return new AnyOf(test.list.map((one) => this.#relative(one)));
      case "nth": {
        const { step, offset, last, of } = test;
        const counted = typeof of === "string" ? of : new AnyOf(of.map((one) => this.complex(one)));
        return new NthTest(step, offset, last, counted);
      }
      case "state":
        return new StateTest(test.name);
      case "lang":
        return new LangTest(test.ranges);
      case "dir":
        return new DirTest(test.value);
      case "contains":
        return new ContainsTest(test.text);
    }
  }
}

/**
 * Makes a list of selectors ready to match.
 *
 * @param list The selectors.
 * @param mode For which documents.
 */
export function compile(list: readonly ComplexSelector[], mode: Mode): Alternative[] {
  const compiler = new Compiler(mode);
  return list.map((one) => ({ test: compiler.complex(one), pseudo: one.pseudo }));
}
