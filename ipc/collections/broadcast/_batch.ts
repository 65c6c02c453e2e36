/** Items that are published together, encoded aside: either all of them can be sent, or none is published. */
import { UnsendableError } from "../../codec/unsendable_error.ts";
import { shown } from "../../wait/shown.ts";
import { dismiss, type EncodedValue, encodeValue, paddedWords } from "../encoded_value.ts";

/** See the head of this file. {@linkcode Batch.dismiss} it afterwards. */
export class Batch {
  readonly values: readonly EncodedValue[];
  /** How many of them are published. */
  done = 0;

  /**
   * @throws {TypeError} If the items are not iterable.
   * @throws {UnsendableError} If one of them cannot be sent.
   */
  constructor(items: Iterable<unknown>) {
    if (typeof items?.[Symbol.iterator] !== "function") {
      throw new TypeError(
        `Cannot publish: an iterable of items is needed, received ${shown(items)}`,
      );
    }
    const values: EncodedValue[] = [];
    this.values = values;
    try {
      for (const item of items) values.push(kept(item, values.length));
    } catch (error) {
      this.dismiss();
      throw error;
    }
  }

  /** Whether all are published. */
  get isDone(): boolean {
    return this.done === this.values.length;
  }

  /** Those that are not published will never be. */
  dismiss(): void {
    for (const [at, value] of this.values.entries()) dismiss(value, at < this.done);
  }
}

/** Encodes an item into memory of its own; an error says which one cannot be sent. */
function kept(item: unknown, index: number): EncodedValue {
  let value: EncodedValue;
  try {
    value = encodeValue(item, "publish");
  } catch (error) {
    if (!(error instanceof UnsendableError)) throw error;
    const { path, value, cause, message } = error;
    throw new UnsendableError(message.slice(`Cannot send ${path}: `.length), {
      path: path.replace("value", `value[${index}]`),
      value,
      cause,
    });
  }
  if (value.scratch === undefined) return value;
  const { words, length, references } = value;
  const own = {
    words: words.slice(0, paddedWords(length)),
    length,
    references,
    scratch: undefined,
  };
  dismiss({ ...value, references: undefined }, true);
  return own;
}
