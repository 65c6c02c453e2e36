import { LocalKind } from "../../local/door.ts";
import type { Kind } from "../../wire.ts";
import type { Read } from "../transport.ts";

const KINDS: readonly Kind[] = [];
(KINDS as Kind[])[LocalKind.result] = "#RETURN";
(KINDS as Kind[])[LocalKind.error] = "#ERROR";
(KINDS as Kind[])[LocalKind.trouble] = "#TRACEBACK";
(KINDS as Kind[])[LocalKind.unsendable] = "#UNSERIALIZABLE";

/** The kind of a reply by its number. */
export function kindOf(kind: number): Kind {
  return KINDS[kind]!;
}

/** A call whose answer is awaited. */
export interface AwaitedCall {
  readonly method: string;
  readonly read: Read<unknown>;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** The calls whose answers are awaited, by their numbers. */
export class Awaited {
  readonly #calls = new Map<number, AwaitedCall>();

  get size(): number {
    return this.#calls.size;
  }

  add(number: number, call: AwaitedCall): void {
    this.#calls.set(number, call);
  }

  /** Its caller knows already what became of it. */
  forget(number: number): void {
    this.#calls.delete(number);
  }

  /** Gives a call its answer. */
  settle(number: number, kind: number, result: unknown): void {
    const call = this.#calls.get(number);
    if (call === undefined) return;
    this.#calls.delete(number);
    try {
      call.resolve(call.read({ kind: kindOf(kind), result }, call.method));
    } catch (error) {
      call.reject(error);
    }
  }

  reject(number: number, error: unknown): void {
    const call = this.#calls.get(number);
    this.#calls.delete(number);
    call?.reject(error);
  }

  rejectAll(error: unknown): void {
    for (const call of this.#calls.values()) call.reject(error);
    this.#calls.clear();
  }
}
