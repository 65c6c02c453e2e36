import { BREAKOUT, FLAGS } from "../names/flags.ts";

/** Elements of SVG and MathML in which there is HTML. */
const INTEGRATION = new Set("foreignobject desc title mi mo mn ms mtext annotation-xml".split(" "));

/** Knows whether the tokens are in SVG or MathML, as far as that can be known without a tree. */
export class ForeignTracker {
  readonly #open: string[] = [];

  /** Whether elements are foreign here. */
  get foreign(): boolean {
    const last = this.#open.at(-1);
    return last === "svg" || last === "math";
  }

  start(local: string, id: number, selfClosing: boolean): void {
    if (local === "svg" || local === "math") {
      if (!selfClosing) this.#open.push(local);
    } else if (this.foreign) {
      if ((FLAGS[id]! & BREAKOUT) !== 0) { while (this.foreign) this.#open.pop(); }
      else if (INTEGRATION.has(local) && !selfClosing) this.#open.push(local);
    }
  }

  end(local: string): void {
    const at = this.#open.lastIndexOf(local);
    if (at !== -1) this.#open.length = at;
  }
}
