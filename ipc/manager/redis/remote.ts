import { Buffer } from "node:buffer";
import type { Argument, Reply } from "../../../persist/redis/connection.ts";
import type { Script } from "../../../persist/redis/script.ts";
import type { PyException } from "../../../persist/types/mod.ts";
import { pyError } from "../server/python_values.ts";
import type { Session, Target } from "./session.ts";
import type { Waits } from "./waits.ts";

/** How values are written and read. */
export interface Pickles {
  dump(value: unknown): Uint8Array;
  load(bytes: Uint8Array): unknown;
}

/** An object on Redis, as its methods see it. */
export class Remote implements Target {
  readonly name: string;
  readonly kind: string;
  readonly session: Session;
  readonly waits: Waits;
  readonly #pickles: Pickles;

  constructor(
    { name, kind }: Target,
    { session, waits, pickles }: { session: Session; waits: Waits; pickles: Pickles },
  ) {
    this.name = name;
    this.kind = kind;
    this.session = session;
    this.waits = waits;
    this.#pickles = pickles;
  }

  /** A value as it is kept. */
  dump(value: unknown): Buffer {
    return bufferOf(this.#pickles.dump(value));
  }

  /** A value that was kept. */
  load(bytes: unknown): unknown {
    const what = `read an item of the managed ${this.kind} ${JSON.stringify(this.name)}`;
    if (!(bytes instanceof Uint8Array)) {
      throw new Deno.errors.InvalidData(`Cannot ${what}: needed bytes, received ${typeof bytes}`);
    }
    try {
      // What it holds are no `Buffer`s.
      const { buffer, byteOffset, length } = bytes;
      return this.#pickles.load(new Uint8Array(buffer, byteOffset, length));
    } catch (cause) {
      throw new Deno.errors.InvalidData(
        `Cannot ${what}: it needs to be a pickle of values that may be loaded`,
        { cause },
      );
    }
  }

  /** Runs a script that changes nothing. */
  read(method: string, script: Script, ...args: Argument[]): Promise<Reply> {
    return this.session.read(this.#what(method), script, this, args);
  }

  /** Runs a script that changes something. */
  change(method: string, script: Script, ...args: Argument[]): Promise<Reply> {
    return this.session.change(this.#what(method), script, this, args);
  }

  /** Runs a script that changes something, with any number of arguments. */
  changeMany(method: string, script: Script, args: readonly Argument[]): Promise<Reply> {
    return this.session.change(this.#what(method), script, this, args);
  }

  #what(method: string): string {
    return `call ${method} of the managed ${this.kind} ${JSON.stringify(this.name)}`;
  }
}

/** A call, as far as it is no argument. */
export interface Call {
  readonly signal: AbortSignal | undefined;
  readonly kwargs: Readonly<Record<string, unknown>>;
}

// deno-lint-ignore no-explicit-any -- each method knows its own arguments
export type RemoteMethod = (self: Remote, call: Call, ...args: any[]) => unknown;

/** What is written when an object is made. */
export interface Creation {
  /** What is known of it: fields of its `is`. */
  readonly facts?: Readonly<Record<string, string>>;
  /** Commands without their keys: the word before the colon of the key, the command, the rest. */
  readonly commands?: readonly (readonly [key: string, command: string, ...Argument[]])[];
}

/** A type of objects on Redis. */
export interface RemoteType {
  /** What an object is made of. */
  make(
    args: readonly unknown[],
    kwargs: Readonly<Record<string, unknown>>,
    pickles: { dump(value: unknown): Buffer },
  ): Creation;
  /** Its methods, by Python's names. */
  readonly methods: Readonly<Record<string, RemoteMethod>>;
  /** Names of the parameters of methods that may be called with keywords. */
  readonly parameters?: Readonly<Record<string, readonly string[]>>;
}

/** Bytes with a `Buffer` around them. */
export function bufferOf({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, length);
}

/** A reply that is a list. */
export function listOf(reply: Reply): readonly Reply[] {
  return reply as readonly Reply[];
}

/** Whether bytes are the same. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** Python's error for a key that is not there. */
export function keyError(key: unknown): PyException {
  return pyError("KeyError", key);
}

/**
 * How long a call may wait, by the pair of parameters that Python has for it.
 *
 * @param blocking Whether it waits at all.
 * @param timeout Seconds; `null` is without limit.
 * @returns Milliseconds, `undefined` without limit.
 */
export function millisOf(blocking: unknown, timeout: unknown): number | undefined {
  if (blocking === false || blocking === 0) return 0;
  if (timeout === null || timeout === undefined) return undefined;
  const millis = Number(timeout) * 1000;
  if (millis >= 0) return millis;
  throw pyError("ValueError", "timeout value must be a non-negative number");
}
