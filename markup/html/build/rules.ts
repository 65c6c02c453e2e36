import type { DoctypeToken } from "../scan/doctype.ts";
import type { Builder } from "./builder.ts";

/** What an insertion mode does with each kind of token. The token is in the builder. */
export interface Rules {
  start(builder: Builder): void;
  end(builder: Builder): void;
  text(builder: Builder): void;
  comment(builder: Builder, position: number): void;
  doctype(builder: Builder, token: DoctypeToken): void;
  /** Returns whether the document has ended; otherwise the mode has changed, and its rules are asked. */
  eof(builder: Builder): boolean;
}

/** The rules of each mode, by its number. Modes refer to each other, so they meet in this table. */
const RULES: Rules[] = [];
/** The rules for start tags by the mode: what is asked most has a table of its own. */
export const START: ((builder: Builder) => void)[] = [];
/** The rules for end tags. */
export const END: ((builder: Builder) => void)[] = [];
/** The rules for texts. */
export const TEXTS: ((builder: Builder) => void)[] = [];

/** Says what the rules of a mode are. */
export function defineMode(mode: number, rules: Rules): void {
  RULES[mode] = rules;
  START[mode] = rules.start;
  END[mode] = rules.end;
  TEXTS[mode] = rules.text;
}

/** The rules of a mode. */
export function rulesOf(mode: number): Rules {
  return RULES[mode]!;
}

/** The rules of the current mode. */
export function current(builder: Builder): Rules {
  return RULES[builder.mode]!;
}

/** What most modes do with a comment. */
export function appendComment(builder: Builder, position: number): void {
  builder.insertComment(position, 0);
}

/** What all modes but the first do with a document type declaration: nothing. */
export function ignoreDoctype(_builder: Builder, _token: DoctypeToken): void {}
