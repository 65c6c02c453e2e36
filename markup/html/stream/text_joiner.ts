import type { HtmlEvent } from "./events.ts";

/** Longest text of an event. */
const LONGEST = 65536;

/** Joins the parts of a text to one event, or to several if it is very long. */
export class TextJoiner {
  readonly #use: (event: HtmlEvent) => void;
  #text = "";
  /** Whether a line feed at the start of the text is dropped. */
  skipLineFeed = false;

  constructor(use: (event: HtmlEvent) => void) {
    this.#use = use;
  }

  /** Adds a part. */
  add(text: string): void {
    if (text === "") return;
    if (this.skipLineFeed) {
      this.skipLineFeed = false;
      if (text.startsWith("\n")) return this.add(text.slice(1));
    }
    this.#text += text;
    while (this.#text.length > LONGEST) {
      // A pair of surrogates is not torn.
      const high = this.#text.charCodeAt(LONGEST - 1);
      const cut = high >= 0xd800 && high < 0xdc00 ? LONGEST - 1 : LONGEST;
      this.#use({ type: "text", text: this.#text.slice(0, cut) });
      this.#text = this.#text.slice(cut);
    }
  }

  /** Ends the text. */
  flush(): void {
    this.skipLineFeed = false;
    if (this.#text === "") return;
    const text = this.#text;
    this.#text = "";
    this.#use({ type: "text", text });
  }
}
