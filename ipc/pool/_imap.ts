/**
 * Results one by one, from a source that is read only as far as there is room.
 *
 * Two loops share a list of chunks: the filler reads the source and hands chunks to workers while fewer than `bufferSize` items
 * are between source and consumer; the consumer takes what is done.
 */
import { shown } from "../wait/shown.ts";
import type { SentFunction } from "./_functions.ts";
import { Call } from "./_messages.ts";
import { type DescribedTask, type ImapOptions, wholeNumber } from "./options.ts";
import { Task } from "./_task.ts";

/** What is to be run, its options checked. */
export interface ImapPlan {
  readonly source: AsyncIterable<unknown> | Iterable<unknown>;
  readonly chunkSize: number;
  readonly bufferSize: number;
  readonly ordered: boolean;
  readonly described: DescribedTask;
}

/** What runs the chunks. */
export interface ImapPool {
  submit(task: Task): void;
  cancel(task: Task, reason: unknown): void;
}

/** Checks what belongs to such a map alone. */
export function describeImap(
  ordered: boolean,
  source: AsyncIterable<unknown> | Iterable<unknown>,
  options: ImapOptions | undefined,
  described: DescribedTask,
  processes: number,
): ImapPlan {
  const { chunkSize = 1 } = options ?? {};
  wholeNumber(chunkSize, "chunkSize", 1, "map");
  const { bufferSize = Math.max(64, 4 * processes * chunkSize) } = options ?? {};
  wholeNumber(bufferSize, "bufferSize", 1, "map");
  const { [Symbol.asyncIterator]: async, [Symbol.iterator]: sync } = Object(source);
  if (typeof async !== "function" && typeof sync !== "function") {
    throw new TypeError(`Cannot map: an iterable is needed, received ${shown(source)}`);
  }
  return { source, chunkSize: Math.min(chunkSize, bufferSize), bufferSize, ordered, described };
}

interface Chunk {
  outcome: { readonly threw: boolean; readonly value: unknown } | undefined;
  task: Task | undefined;
}

/** Runs a plan; see the head of this file. */
export class Imap {
  readonly #plan: ImapPlan;
  readonly #run: SentFunction;
  readonly #pool: ImapPool;
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

  constructor(plan: ImapPlan, run: SentFunction, pool: ImapPool) {
    this.#plan = plan;
    this.#run = run;
    this.#pool = pool;
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
    const { signal } = this.#plan.described;
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
    const { priority, timeout } = this.#plan.described;
    const chunk: Chunk = { outcome: undefined, task: undefined };
    this.#chunks.add(chunk);
    const task = chunk.task = new Task({
      call: Call.map,
      run: this.#run,
      args: items,
      calls: items.length,
      index: this.#index++,
      priority,
      timeout,
      done: (threw, value) => {
        chunk.outcome = { threw, value };
        if (!this.#plan.ordered) this.#done.push(chunk);
        this.#changed();
      },
    });
    this.#pool.submit(task);
  }

  /** Nobody wants more. */
  async #stop(): Promise<void> {
    this.#stopped = true;
    this.#changed();
    const reason = new DOMException("Nobody asks for the result any more", "AbortError");
    for (const { task } of this.#chunks) if (task !== undefined) this.#pool.cancel(task, reason);
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
