/**
 * What a queue is made as, or from: its class, its size, or a block that exists.
 */
import type { RulesOf } from "../../persist/options.ts";
import { type Arena, type Block, Kind } from "../memory/arena.ts";
import { FLAVOUR, MAX_SIZE, QUEUE_BYTES } from "./_layout.ts";
import { NAMED_STORE_RULES, namedBlock, type NamedStoreOptions } from "../memory/named.ts";
import { dropHold, hold } from "../memory/references.ts";
import { newBlock } from "../memory/shared_object.ts";
import { assertOptions } from "../wait/options.ts";
import { shown } from "../wait/shown.ts";

/** Flavours. */
export const PLAIN = 0;
export const SIMPLE = 1;
export const JOINABLE = 2;

/** Options of `Queue`. */
export interface QueueOptions extends NamedStoreOptions {
  /**
   * Most items in the queue; 0 or less means no limit but memory. Of a queue with a name, who makes it decides.
   *
   * @default {0}
   */
  maxSize?: number | undefined;
}

const RULES: RulesOf<QueueOptions> = {
  ...NAMED_STORE_RULES,
  maxSize: "any",
};

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
  readonly #named: NamedStoreOptions | undefined;
  #block: Block | undefined;

  constructor(maxSize: number | undefined, flavour: number, named?: NamedStoreOptions) {
    this.maxSize = checkedSize(maxSize);
    this.#flavour = flavour;
    this.#named = named;
  }

  /** What the options of a constructor stand for. */
  static of(
    options: QueueOptions | undefined,
    flavour: number,
  ): QueueOrigin {
    if (options instanceof QueueOrigin) return options;
    assertOptions(options, "make a queue", "{ maxSize: 10 }", RULES);
    return new QueueOrigin(options?.maxSize, flavour, options);
  }

  /** A queue that exists. */
  static adopting(block: Block): QueueOrigin {
    const origin = new QueueOrigin(0, 0);
    origin.#block = block;
    return origin;
  }

  /** The block; made when there is none yet. */
  get block(): Block {
    return this.#block ??= this.#named?.name === undefined ? this.#make() : this.#open();
  }

  #make(arena?: Arena): Block {
    const block = newBlock(Kind.queue, QUEUE_BYTES, undefined, arena);
    block.words[MAX_SIZE] = this.maxSize;
    block.words[FLAVOUR] = this.#flavour;
    return block;
  }

  #open(): Block {
    const block = namedBlock(this.#named, {
      kind: Kind.queue,
      what: "queue",
      make: (arena) => this.#make(arena),
    })!;
    const { words } = block;
    if (words[FLAVOUR] === this.#flavour) return block;
    // Taken and dropped, it is closed.
    dropHold(hold(block));
    throw new TypeError(
      `Cannot open the queue ${
        shown(this.#named!.name)
      }: the name is that of a queue of another class`,
    );
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
