import type { Connection } from "../../../../net/connection/mod.ts";
import { tuple } from "../../../../persist/types/mod.ts";
import { asPython } from "../../python_errors.ts";
import { asList, CALL, FORGET, type Reply, type Request } from "../../wire.ts";
import { GivenFunctions } from "../functions.ts";
import { closedError } from "../proxying_transport.ts";
import { Slots } from "../slots.ts";
import type { SendOptions, Transport } from "../transport.ts";

/** The number of messages that are no requests. */
const NOBODY = 0;

/** To a server of ours: one connection, any number of requests at once. */
export class PipelinedChannels implements Omit<Transport, "local" | "adopt"> {
  readonly #connection: Connection;
  readonly #waiting = new Slots<PromiseWithResolvers<Reply>>(NOBODY + 1);
  readonly #functions = new GivenFunctions();
  #failure: { error: unknown } | undefined;

  readonly cancels = true;

  constructor(connection: Connection) {
    this.#connection = connection;
    void this.#receive();
  }

  async send(request: Request, { signal }: SendOptions = {}): Promise<Reply> {
    signal?.throwIfAborted();
    if (this.#failure !== undefined) throw this.#failure.error;
    const waiting = Promise.withResolvers<Reply>();
    const number = this.#waiting.add(waiting);
    // An answer that is on its way when the caller gives up counts: nothing that was taken is lost.
    const cancel = () => {
      // Once it is answered, its number may be another request's.
      if (this.#waiting.at(number) === waiting) this.#post(NOBODY, "cancel", number);
    };
    signal?.addEventListener("abort", cancel, { once: true });
    try {
      const { ident, method, args, kwargs = {} } = request;
      const given = Object.entries(kwargs).map(([name, arg]) => [name, this.#prepare(arg)]);
      const message = tuple(
        number,
        ident,
        method,
        tuple(...args.map((arg) => this.#prepare(arg))),
        Object.fromEntries(given),
      );
      const sent = this.#connection.send(message);
      sent.catch(waiting.reject);
      return await waiting.promise;
    } finally {
      signal?.removeEventListener("abort", cancel);
      // It was not sent.
      if (this.#waiting.at(number) === waiting) this.#waiting.take(number);
    }
  }

  lease(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  giveBack(): void {}

  takeBack(given: (...args: never[]) => unknown): void {
    this.#functions.take(given);
  }

  close(): void {
    this.#fail(closedError());
    this.#connection.close();
  }

  #post(number: number, method: string, ...args: unknown[]): void {
    this.#connection.send(tuple(number, null, method, tuple(...args), {})).catch(() => {
      // The receiver says so to all who wait.
    });
  }

  /** Functions stay here. */
  #prepare(arg: unknown): unknown {
    return typeof arg === "function" ? this.#functions.give(arg as () => unknown) : arg;
  }

  /** Runs a function that the server calls. */
  async #run(call: number, [id, args]: readonly unknown[]): Promise<void> {
    let answer: readonly unknown[];
    try {
      answer = [true, await this.#functions.call(id as number, asList(args))];
    } catch (error) {
      answer = [false, asPython(error)];
    }
    const message = (answer: readonly unknown[]) =>
      this.#connection.send(tuple(call, null, "result", tuple(...answer), {}));
    await message(answer).catch((error) => {
      if (!this.#connection.closed) return message([false, asPython(error)]);
    }).catch(() => {
      // The receiver says so to all who wait.
    });
  }

  async #receive(): Promise<void> {
    try {
      for (;;) {
        const [number, kind, result] = asList(await this.#connection.recv());
        if (kind === CALL) {
          void this.#run(number as number, asList(result));
          continue;
        }
        if (kind === FORGET) {
          const [id, arrived] = asList(result);
          this.#functions.forget(id as number, arrived as number);
          continue;
        }
        this.#waiting.take(Number(number))?.resolve({ kind: String(kind), result });
      }
    } catch (error) {
      this.#fail(error);
      this.#connection.close();
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    for (const waiting of this.#waiting.takeAll()) waiting.reject(this.#failure.error);
    this.#functions.clear();
  }
}
