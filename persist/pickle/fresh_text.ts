/** A string that is written out although an equal one may be in the memo: Python makes a new object for it. */
export class FreshText {
  /** The string. */
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}
