/**
 * What a queue is made as, or from: its class, its size, or a block that exists.
 */
import { type Block, Kind } from "../memory/arena.ts";
import { FLAVOUR, MAX_SIZE, QUEUE_BYTES } from "./_layout.ts";
import { newBlock } from "../memory/shared_object.ts";
import { assertOptions } from "../wait/options.ts";
import { shown } from "../wait/shown.ts";

/** Flavours. */
export const PLAIN = 0;
export const SIMPLE = 1;
export const JOINABLE = 2;

/** Makes this agent's wrapper of a queue. */
export type MakeWrapper = (options: QueueOrigin) => object;
const flavours: MakeWrapper[] = [];

/** Declares a class of queues; the flavour in the block says which class it was made as. */
export function registerFlavour(flavour: number, make: MakeWrapper): void {
  flavours[flavour] = make;
}

/** The class that a queue was made as. */
export function flavourOf(block: Block): MakeWrapper {
  return flavours[block.words[FLAVOUR]!]!;
}

/**
 * Options of a queue that users cannot give: its class, or the block that it is a wrapper of. They are passed instead of the
 * public options, so that the constructors do not show them.
 */
export class QueueOrigin {
  readonly maxSize: number;
  readonly #flavour: number;
  #block: Block | undefined;

  constructor(maxSize: number | undefined, flavour: number) {
    this.maxSize = checkedSize(maxSize);
    this.#flavour = flavour;
  }

  /** What the options of a constructor stand for. */
  static of(options: { maxSize?: number | undefined } | undefined, flavour: number): QueueOrigin {
    if (options instanceof QueueOrigin) return options;
    assertOptions(options, "make a queue", "{ maxSize: 10 }");
    return new QueueOrigin(options?.maxSize, flavour);
  }

  /** A queue that exists. */
  static adopting(block: Block): QueueOrigin {
    const origin = new QueueOrigin(0, 0);
    origin.#block = block;
    return origin;
  }

  /** The block; made when there is none yet. */
  get block(): Block {
    if (this.#block === undefined) {
      const block = this.#block = newBlock(Kind.queue, QUEUE_BYTES);
      block.words[MAX_SIZE] = this.maxSize;
      block.words[FLAVOUR] = this.#flavour;
    }
    return this.#block;
  }
}

function checkedSize(maxSize: number = 0): number {
  if (typeof maxSize !== "number" || (!Number.isInteger(maxSize) && maxSize !== Infinity)) {
    throw new TypeError(
      `Cannot make a queue: maxSize must be a whole number, received ${shown(maxSize)}`,
    );
  }
  return maxSize > 0 && maxSize < 2 ** 30 ? maxSize : 0;
}
