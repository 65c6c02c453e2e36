/** Objects to pickles and back, with the options of one connection. */
import {
  type DumpOptions,
  dumps,
  type LoadOptions,
  loads,
  Pickler,
  UnpicklingError,
} from "../../persist/pickle/mod.ts";
import { Loader } from "../../persist/pickle/load/loads.ts";
import type { NetErrorInit } from "../errors.ts";
import { AuthenticationError } from "./errors.ts";
import type { ConnectionOptions } from "./options.ts";

export const DEFAULT_MAX_BYTES: number = 64 * 1024 * 1024;

/** What CPython 3.8 to 3.13 writes, and every version from 3.4 on reads. */
const PROTOCOL = 4;

const CHALLENGE = new TextEncoder().encode("#CHALLENGE#");

/** Objects to pickles and back. */
export class Codec {
  readonly #dump: DumpOptions;
  readonly #load: LoadOptions;
  readonly #where: () => NetErrorInit;
  /** One pickler for all messages, made with the first. While it is in use, a hook of its own that sends has a new one. */
  #pickler: Pickler | undefined;
  #dumping = false;
  /** One loader for all messages, unless buffers travel beside them. */
  readonly #loader: Loader | undefined;

  /** Whether what is loaded has views of the message in it. */
  readonly keeps: boolean;

  constructor(options: ConnectionOptions, where: () => NetErrorInit) {
    this.#dump = { protocol: PROTOCOL, ...options.dump };
    this.#load = { ...options.load };
    if (this.#load.buffers === undefined) this.#loader = new Loader(this.#load);
    this.#where = where;
    this.keeps = options.load?.bytes === "view";
  }

  dump(value: unknown): Uint8Array {
    if (this.#dumping) return dumps(value, this.#dump);
    const pickler = this.#pickler ??= new Pickler(this.#dump);
    this.#dumping = true;
    try {
      return pickler.dumps(value);
    } finally {
      pickler.clearMemo();
      this.#dumping = false;
    }
  }

  load(bytes: Uint8Array<ArrayBuffer>): unknown {
    try {
      return this.#loader === undefined ? loads(bytes, this.#load) : this.#loader.loads(bytes);
    } catch (error) {
      if (!(error instanceof UnpicklingError) || !isChallenge(bytes)) throw error;
      const reason = "the peer asks for a key: give `authKey` to connect()";
      throw new AuthenticationError({ ...this.#where(), reason, cause: error });
    }
  }
}

function isChallenge(bytes: Uint8Array): boolean {
  return bytes.length > CHALLENGE.length && CHALLENGE.every((byte, i) => bytes[i] === byte);
}
