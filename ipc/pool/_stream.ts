/** The items that a task yields, on their way to whoever takes them. */
import { Semaphore } from "../sync/semaphore.ts";
import { SharedEvent } from "../sync/event.ts";
import type { SentFunction } from "./_functions.ts";
import { Call, type Stream } from "./_messages.ts";
import type { DescribedTask } from "./options.ts";
import { Task } from "./_task.ts";

/** As good as no limit, and less than a semaphore holds. */
const MOST_CREDITS = 2 ** 30;

/** The pool's side of a task that yields. */
export class StreamSink implements Disposable {
  /** What the worker gets. */
  readonly #stream: Stream;
  readonly #credits: Semaphore;
  readonly #stopped = new SharedEvent();
  readonly #items: unknown[] = [];
  #end: { readonly threw: boolean; readonly value: unknown } | undefined;
  #wake: (() => void) | undefined;

  /** @param bufferSize Most items that the worker is ahead. */
  constructor(bufferSize: number) {
    this.#credits = new Semaphore(Math.min(bufferSize, MOST_CREDITS));
    this.#stream = { credits: this.#credits, stopped: this.#stopped };
  }

  /** The task whose items come here. */
  task(
    run: SentFunction,
    args: readonly unknown[],
    { priority, timeout }: DescribedTask,
    transfer: readonly ArrayBuffer[],
  ): Task {
    return new Task({
      call: Call.stream,
      run,
      args: [args, this.#stream],
      calls: 1,
      index: 0,
      priority,
      timeout,
      transfer,
      done: (threw, value) => {
        this.#end = { threw, value };
        this.#wake?.();
      },
      item: (value) => {
        this.#items.push(value);
        this.#wake?.();
      },
    });
  }

  /** The items, as they come. */
  async *values(): AsyncGenerator<unknown, void, undefined> {
    for (;;) {
      if (this.#items.length > 0) {
        const item = this.#items.shift();
        this.#credits.release();
        yield item;
      } else if (this.#end !== undefined) {
        if (this.#end.threw) throw this.#end.value;
        return;
      } else await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  /** Nobody takes items any more: the worker stops after the one it is at. */
  [Symbol.dispose](): void {
    this.#stopped.set();
    this.#credits.release();
    this.#stopped[Symbol.dispose]();
    this.#credits[Symbol.dispose]();
  }
}
