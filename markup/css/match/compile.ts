import type {
  ComplexSelector,
  CompoundSelector,
  PseudoElement,
  SimpleSelector,
} from "../syntax/ast.ts";
import { AttributeTest } from "./attribute.ts";
import { Complex } from "./complex.ts";
import { Compound } from "./compound.ts";
import { ContainsTest } from "./contains.ts";
import { DirTest } from "./direction.ts";
import { LangTest } from "./language.ts";
import { Dispatch, type Key } from "./dispatch.ts";
import type { Forward } from "./forward.ts";
import { AnyOf, Not } from "./lists.ts";
import { NameVerdict } from "./name_verdict.ts";
import { NthTest } from "./nth.ts";
import { Relative } from "./relative.ts";
import { StateTest } from "./state.ts";
import type { Test } from "./matching.ts";
import { WordTest } from "./word.ts";

/** For which documents a selector is compiled. */
export interface Mode {
  /** Whether they are HTML. */
  readonly html: boolean;
  /** Whether they are in quirks mode. */
  readonly quirks: boolean;
}

/** A list of selectors, ready to match. */
export interface Program {
  /** Whether one of them matches. */
  readonly any: Test;
  /** The name that elements must have, `undefined` if there are several. */
  readonly type: NameVerdict | undefined;
  /** The way from the left, `undefined` if it does not pay or there are several. */
  readonly forward: Forward | undefined;
  /** Each of them. */
  readonly list: readonly Alternative[];
}

/** A selector of the list. */
export interface Alternative {
  readonly test: Test;
  readonly pseudo: PseudoElement | undefined;
}

/** From this many selectors on, those that may match an element are looked up. */
const MANY = 8;

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

  /** One of several selectors. */
  any(list: readonly ComplexSelector[]): Test {
    const tests = list.map((one) => this.complex(one));
    return this.anyOf(list, tests);
  }

  /** One of several selectors that are compiled. */
  anyOf(list: readonly ComplexSelector[], tests: readonly Test[]): Test {
    if (tests.length === 1) return tests[0]!;
    if (tests.length < MANY) return new AnyOf(tests);
    return new Dispatch(
      list.map((one, index) => ({ test: tests[index]!, key: keyOf(one) })),
      this.#mode.quirks,
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
    return new Compound(type, word, rest, tests.every(isCheap));
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
        return this.any(test.list);
      case "not":
        return new Not(this.any(test.list));
      case "has":
        return new AnyOf(test.list.map((one) => this.#relative(one)));
      case "nth": {
        const { step, offset, last, of } = test;
        const counted = typeof of === "string" ? of : this.any(of);
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

/** Whether it takes about the same time for any element, wherever it is. */
function isCheap(test: SimpleSelector): boolean {
  return COSTS[test.kind] < COSTS.lang || (test.kind === "nth" && typeof test.of === "string");
}

/** What the element that a selector finds must have, at least. */
function keyOf({ compounds }: ComplexSelector): Key | undefined {
  let key: Key | undefined;
  for (const test of compounds.at(-1)!.tests) {
    if (test.kind === "id") return { kind: "id", word: test.value };
    if (test.kind === "class") key = { kind: "class", word: test.value };
    else if (test.kind === "type" && test.local !== undefined && key === undefined) {
      key = { kind: "type", word: test.local };
    }
  }
  return key;
}

/**
 * Makes a list of selectors ready to match.
 *
 * @param list The selectors.
 * @param mode For which documents.
 */
export function compile(list: readonly ComplexSelector[], mode: Mode): Program {
  const compiler = new Compiler(mode);
  const tests = list.map((one) => compiler.complex(one));
  return {
    any: compiler.anyOf(list, tests),
    type: tests.length === 1 ? tests[0]!.type : undefined,
    forward: tests.length === 1 ? tests[0]!.forward : undefined,
    list: list.map(({ pseudo }, index) => ({ test: tests[index]!, pseudo })),
  };
}
