/** The text that is recovered, as far as it is there. */
export class RecoverSource {
  /** The text from {@linkcode RecoverSource.offset} on. */
  text: string;
  /** Whether there may be more of it. */
  more: boolean;
  /** How much in front of the text is gone. */
  offset = 0;

  constructor(text: string, more = false) {
    this.text = text;
    this.more = more;
  }
}
