/**
 * Items that are encoded aside, before there is room for them in the queue.
 */
import { UnsendableError } from "../codec/unsendable_error.ts";
import { EncodedMessage } from "../message/messages.ts";
import { MAX_ITEM } from "./_layout.ts";

/** Items that are put together, and how many of them have been put. */
export class Batch {
  /** What is to be put. */
  readonly items: unknown[];
  /** How many of them are put. */
  done = 0;
  #encoded: EncodedMessage[] | undefined;
  /** The index of the first one that is encoded aside. */
  #first = 0;

  readonly #carrier: object | undefined;

  /** @param carrier What they are put into, if that matters; see `carrierIn()`. */
  constructor(items: Iterable<unknown>, carrier: object | undefined) {
    this.items = [...items];
    this.#carrier = carrier;
  }

  /** Whether all are put. */
  get isDone(): boolean {
    return this.done === this.items.length;
  }

  /** Whether what is left is encoded aside. */
  get isEncoded(): boolean {
    return this.#encoded !== undefined;
  }

  /** An item that is encoded aside. */
  encoded(index: number): EncodedMessage {
    return this.#encoded![index - this.#first]!;
  }

  /**
   * Encodes all items from one on, so that later changes to them do not matter, and those that cannot be sent are refused
   * now.
   */
  encodeFrom(first: number): void {
    this.#first = first;
    const encoded: EncodedMessage[] = [];
    try {
      for (let i = first; i < this.items.length; i++) {
        encoded.push(this.named(i, (item) => encodeItem(item, true, this.#carrier)));
      }
    } catch (error) {
      for (const each of encoded) each.references?.stay();
      throw error;
    }
    this.#encoded = encoded;
  }

  /** Encodes an item; an error says which one cannot be sent. */
  named<R>(index: number, encode: (item: unknown) => R): R {
    try {
      return encode(this.items[index]);
    } catch (error) {
      if (!(error instanceof UnsendableError)) throw error;
      const { path, value, cause, message } = error;
      throw new UnsendableError(message.slice(`Cannot send ${path}: `.length), {
        path: path.replace("value", `value[${index}]`),
        value,
        cause,
      });
    }
  }

  /** Leaves out all items but the first ones. */
  cut(length: number): void {
    this.items.length = length;
  }

  /** The items that are not put. */
  rest(): unknown[] {
    return this.items.slice(this.done);
  }

  /** The items that are not put are given up. */
  giveUp(): void {
    for (let i = this.done; i < this.items.length; i++) {
      this.#encoded?.[i - this.#first]?.references?.stay();
    }
  }
}

/**
 * Encodes an item aside.
 *
 * @param copy Whether it must last. If not, it is valid until the next one is encoded.
 */
export function encodeItem(
  value: unknown,
  copy: boolean,
  carrier: object | undefined,
): EncodedMessage {
  const encoded = EncodedMessage.of(value, copy, carrier);
  const { length } = encoded.bytes;
  if (length <= MAX_ITEM) return encoded;
  encoded.references?.stay();
  throw new RangeError(
    `Cannot put: the item takes ${length} bytes, at most ${MAX_ITEM} are possible`,
  );
}
