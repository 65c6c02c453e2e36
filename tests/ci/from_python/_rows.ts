/** A row of docs/from-python.md, as code that does what its right side says. */
export interface Row {
  /** The left side, as it is written there. */
  readonly python: string;
  /** Does it, and throws if it is not so. Each piece of code on the right side is in the text of this function. */
  readonly ferry: () => unknown;
  /** Pieces that are not written like that, with what stands for them. */
  readonly instead?: Readonly<Record<string, string>>;
}
