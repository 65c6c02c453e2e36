import { LocalKind } from "../../local/door.ts";
import type { Kind } from "../../wire.ts";
import { Slots } from "../slots.ts";
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
  /** What is called: collected earlier, it would let go of its object before the server has come to the call. */
  readonly proxy: object | undefined;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** The calls whose answers are awaited; each is answered once. */
export class Awaited extends Slots<AwaitedCall> {
  /** Gives a call its answer. */
  settle(number: number, kind: number, result: unknown): void {
    const call = this.take(number);
    if (call === undefined) return;
    try {
      call.resolve(call.read({ kind: kindOf(kind), result }, call.method));
    } catch (error) {
      call.reject(error);
    }
  }

  reject(number: number, error: unknown): void {
    this.take(number)?.reject(error);
  }

  rejectAll(error: unknown): void {
    for (const call of this.takeAll()) call.reject(error);
  }
}
