/** What a system has to do for blocks of memory with names. */

/** A block that this process has mapped. */
export interface Block {
  /** Its name, without what the system puts before it. */
  readonly name: string;
  /** The bytes; they are the block's own, no copy. */
  readonly buffer: ArrayBuffer;
  /**
   * Gives the addresses back. All views are detached before, so that none can touch what is no longer there. A buffer that
   * was transferred elsewhere cannot be detached from here: then the addresses stay taken until the process ends.
   */
  unmap(): void;
}

/** A block that is to be made. */
export interface BlockRequest {
  /** `undefined` for any that is free. */
  readonly name: string | undefined;
  /** Bytes. */
  readonly size: number;
  /** Whether it is unlinked when this process ends. */
  readonly track: boolean;
  /** Whether its memory is taken now. */
  readonly reserve: boolean;
  /** Permission bits, less the umask's. */
  readonly mode: number;
}

/** The system's calls. `what` is what is attempted, for errors: "create shared memory". */
export interface Blocks {
  /**
   * Makes a block of zeros.
   *
   * @throws {Deno.errors.AlreadyExists} If the name is taken.
   * @throws {RangeError} If there is no room.
   */
  create(what: string, request: BlockRequest): Block;
  /**
   * Opens a block that exists.
   *
   * @throws {Deno.errors.NotFound} If nothing has the name.
   * @throws {RangeError} If it has no bytes yet.
   */
  open(what: string, name: string): Block;
  /**
   * Takes a name away.
   *
   * @param made What {@linkcode create} gave, if it was this process.
   * @returns Whether something had it.
   */
  unlink(what: string, name: string, made: Block | undefined): boolean;
}

/** Eight hexadecimal digits, as in the names that CPython makes. */
export function randomHex(): string {
  return crypto.getRandomValues(new Uint32Array(1))[0]!.toString(16).padStart(8, "0");
}
