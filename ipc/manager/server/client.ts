import { PyException } from "../../../persist/types/mod.ts";
import type { Caller, Owner } from "./referents/mod.ts";
import type { ObjectTable } from "./objects.ts";

/** The way to functions that stayed with a client. */
export interface CallBack {
  /** Calls one. */
  call(id: number, args: readonly unknown[]): Promise<unknown>;
  /** It will not be called any more, unless it arrives again. */
  forget(id: number, arrived: number): void;
}

/** A function that stayed with a client. */
interface LentFunction {
  readonly reference: WeakRef<(...args: unknown[]) => Promise<unknown>>;
  /** How often it has arrived. */
  arrived: number;
}

/** Functions that nothing of the server refers to any more. */
const collected = new FinalizationRegistry<() => void>((forget) => forget());

/** What a client is for the server: what it holds, and what of it waits. */
export class Client implements Owner {
  readonly leave: Set<() => void> = new Set();
  /** Calls that wait for something. */
  readonly waiting: Set<Call> = new Set();
  /** Whether it is an agent of this program. */
  readonly local: boolean;
  /** Absent where functions cannot be called back: CPython has no such message. */
  readonly #callBack: CallBack | undefined;
  /** By their numbers at the client. */
  readonly #functions = new Map<number, LentFunction>();
  /** References that go with the connection; those of CPython's clients are given back one by one. */
  readonly #references: Map<string, number> | undefined;
  readonly #end = new AbortController();

  /**
   * @param parts `counts`: whether the references that it takes go with its connection.
   */
  constructor(parts: { counts?: boolean; local?: boolean; callBack?: CallBack }) {
    this.#references = parts.counts === true ? new Map() : undefined;
    this.local = parts.local ?? false;
    this.#callBack = parts.callBack;
  }

  /** A function that stayed with the client: to call it sends a message. */
  functionOf(id: number): (...args: unknown[]) => Promise<unknown> {
    const entry = this.#functions.get(id);
    const known = entry?.reference.deref();
    if (known !== undefined) {
      entry!.arrived++;
      return known;
    }
    const callBack = this.#callBack;
    if (callBack === undefined) {
      throw new PyException("TypeError", ["a function cannot be called back by this connection"]);
    }
    const made = (...args: unknown[]) => callBack.call(id, args);
    const lent = { reference: new WeakRef(made), arrived: 1 };
    this.#functions.set(id, lent);
    collected.register(made, () => {
      // It may have arrived again before this was called.
      if (this.#functions.get(id) === lent) this.#functions.delete(id);
      callBack.forget(id, lent.arrived);
    });
    return made;
  }

  /** Why its calls end, once it is gone. */
  get gone(): Error | undefined {
    return this.signal.reason;
  }

  /** Aborts when its connection ends. */
  get signal(): AbortSignal {
    return this.#end.signal;
  }

  /** Notes that it has taken a reference, or given one back. */
  count(ident: string, change: 1 | -1): void {
    if (this.#references === undefined) return;
    const count = (this.#references.get(ident) ?? 0) + change;
    if (count <= 0) this.#references.delete(ident);
    else this.#references.set(ident, count);
  }

  /** Its connection has ended. A second call does nothing. */
  end(table: ObjectTable): void {
    if (this.gone !== undefined) return;
    const gone = new Deno.errors.ConnectionAborted("The client of the manager is gone");
    this.#end.abort(gone);
    for (const call of this.waiting) call.cancel(gone);
    for (const leave of this.leave) leave();
    this.leave.clear();
    for (const [ident, count] of this.#references ?? []) {
      for (let i = 0; i < count; i++) table.decref(ident);
    }
  }
}

/** A request that is being answered. */
export class Call implements Caller {
  readonly owner: Client;
  #cancel: AbortController | undefined;

  constructor(owner: Client) {
    this.owner = owner;
  }

  /** Made when something waits, which most calls do not. */
  get signal(): AbortSignal {
    if (this.#cancel === undefined) {
      this.#cancel = new AbortController();
      this.owner.waiting.add(this);
      if (this.owner.gone !== undefined) this.#cancel.abort(this.owner.gone);
    }
    return this.#cancel.signal;
  }

  /** Ends its wait, if it waits. */
  cancel(reason: Error): void {
    this.#cancel?.abort(reason);
  }

  /** It is answered. */
  end(): void {
    if (this.#cancel !== undefined) this.owner.waiting.delete(this);
  }
}
