/**
 * Results one by one, from a source that is read only as far as there is room.
 *
 * Two loops share a list of chunks: the filler reads the source and hands chunks to workers while fewer than `bufferSize` items
 * are between source and consumer; the consumer takes what is done.
 */
import type { Call } from "./_messages.ts";

/** What is needed to run chunks. */
export interface ImapPlan {
  readonly call: Call;
  readonly source: AsyncIterable<unknown> | Iterable<unknown>;
  readonly chunkSize: number;
  readonly bufferSize: number;
  readonly ordered: boolean;
  readonly signal: AbortSignal | undefined;
  /** Hands a chunk to the workers, and returns what ends it. */
  submit(
    items: readonly unknown[],
    index: number,
    done: (threw: boolean, value: unknown) => void,
  ): (reason: unknown) => void;
}

interface Chunk {
  readonly size: number;
  outcome: { readonly threw: boolean; readonly value: unknown } | undefined;
  cancel: ((reason: unknown) => void) | undefined;
}

/** Runs a plan; see the head of this file. */
export class Imap {
  readonly #plan: ImapPlan;
  /** Chunks not taken yet, in order of the source. */
  readonly #chunks = new Set<Chunk>();
  /** Those of them that are done, in order of their end. */
  readonly #done: Chunk[] = [];
  #between = 0;
  #index = 0;
  #over = false;
  /** Whether the source is asked for an item. */
  #stepping = false;
  #stopped = false;
  #failure: { readonly reason: unknown } | undefined;
  #wake: (() => void)[] = [];
  #iterator: AsyncIterator<unknown> | Iterator<unknown> | undefined;

  constructor(plan: ImapPlan) {
    this.#plan = plan;
  }

  /** Waits for something to change. */
  #change(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }

  #changed(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const each of wake) each();
  }

  /** The values, one by one. */
  async *values(): AsyncGenerator<unknown, void, undefined> {
    const { signal } = this.#plan;
    const abort = () => {
      this.#failure = { reason: signal!.reason };
      this.#changed();
    };
    signal?.addEventListener("abort", abort, { once: true });
    try {
      signal?.throwIfAborted();
      this.#fill();
      for (;;) {
        const chunk = this.#next();
        if (chunk !== undefined) {
          const { threw, value } = chunk.outcome!;
          if (threw) throw value;
          for (const each of value as unknown[]) {
            yield each;
            this.#between--;
            this.#changed();
          }
        } else if (signal?.aborted || (this.#failure !== undefined && this.#chunks.size === 0)) {
          throw this.#failure!.reason;
        } else if (this.#over && this.#chunks.size === 0) return;
        else await this.#change();
      }
    } finally {
      signal?.removeEventListener("abort", abort);
      await this.#stop();
    }
  }

  /** The chunk whose values are next, if it is done. */
  #next(): Chunk | undefined {
    let chunk: Chunk | undefined;
    if (this.#plan.ordered) [chunk] = this.#chunks;
    else chunk = this.#done.shift();
    if (chunk?.outcome === undefined) return undefined;
    this.#chunks.delete(chunk);
    return chunk;
  }

  /** Reads the source. What it throws comes after the values before it. */
  async #fill(): Promise<void> {
    const { source, chunkSize, bufferSize } = this.#plan;
    let items: unknown[] = [];
    try {
      const iterator = this.#iterator = isAsync(source)
        ? source[Symbol.asyncIterator]()
        : source[Symbol.iterator]();
      while (!this.#stopped) {
        if (this.#between >= bufferSize) {
          if (items.length > 0) {
            this.#submit(items);
            items = [];
          }
          await this.#change();
          continue;
        }
        this.#stepping = true;
        const step = iterator.next();
        const { done, value } = "then" in step ? await step : step;
        this.#stepping = false;
        if (done) {
          this.#iterator = undefined;
          break;
        }
        items.push(value);
        this.#between++;
        if (items.length < chunkSize) continue;
        this.#submit(items);
        items = [];
      }
    } catch (reason) {
      this.#iterator = undefined;
      this.#failure ??= { reason };
    }
    if (items.length > 0 && !this.#stopped) this.#submit(items);
    this.#over = true;
    this.#changed();
  }

  #submit(items: readonly unknown[]): void {
    const chunk: Chunk = { size: items.length, outcome: undefined, cancel: undefined };
    this.#chunks.add(chunk);
    chunk.cancel = this.#plan.submit(items, this.#index++, (threw, value) => {
      chunk.outcome = { threw, value };
      if (!this.#plan.ordered) this.#done.push(chunk);
      this.#changed();
    });
  }

  /** Nobody wants more. */
  async #stop(): Promise<void> {
    this.#stopped = true;
    this.#changed();
    const reason = new DOMException("Nobody asks for the result any more", "AbortError");
    for (const chunk of this.#chunks) if (chunk.outcome === undefined) chunk.cancel?.(reason);
    this.#chunks.clear();
    const iterator = this.#iterator;
    this.#iterator = undefined;
    const returned = iterator?.return?.();
    // A source in the middle of a step ends after that, whenever it comes.
    if (this.#stepping) Promise.resolve(returned).catch(() => {});
    else await returned;
  }
}

function isAsync(
  source: AsyncIterable<unknown> | Iterable<unknown>,
): source is AsyncIterable<unknown> {
  return typeof (source as AsyncIterable<unknown>)[Symbol.asyncIterator] === "function";
}
