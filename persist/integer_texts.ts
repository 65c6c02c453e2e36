/** The decimal texts of integers. Making that of a large one takes long, and a few bytes can refer to it again and again. */
import { bigintSize } from "./work.ts";

/** The least that {@linkcode bigintSize} tells apart. */
const SMALL = 128;
/** Large integers whose text is kept: the engine may have to compare one with all of them. */
const MOST = 64;

/** Texts of integers; those of a few large ones are kept. */
export class IntegerTexts {
  readonly #texts = new Map<bigint, string>();

  /** The text of an integer. */
  of(value: bigint): string {
    if (bigintSize(value) <= SMALL) return String(value);
    let text = this.#texts.get(value);
    if (text === undefined) {
      text = String(value);
      if (this.#texts.size < MOST) this.#texts.set(value, text);
    }
    return text;
  }
}
