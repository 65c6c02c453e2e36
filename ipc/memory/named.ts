/**
 * Shared objects with a name: what programs that do not know each other share.
 *
 * An object with a name lives in an arena of its own, in a file that the system keeps in memory (`shared_memory/named/`). The
 * code that works on it is the same as within a program: it is given another arena (`Arena.isNamed`), other wait queues
 * (`wait/queues.ts`) and a number among the threads that have the name open (`Arena.me`). What is different in such an arena:
 *
 * - Nobody counts references to the object. It lives as long as a program has its name open.
 * - A program can be killed between any two instructions, not only where the engine stops a thread (`kill_safe.ts`). One atomic
 *   operation still publishes a change, before or after which the kill comes. What a kill leaves besides, such as a block that
 *   nobody names, is put right by whoever finds the dead: see `shared_memory/named/_reaper.ts`.
 * - Messages have no shared objects of one program in them, and no shapes.
 *
 * How files are mapped and threads put to sleep is a higher room's affair, which installs itself here.
 */
import { BLOCK_KEEPER, BLOCK_KIND, BLOCK_REFS } from "../kill_safe.ts";
import type { RulesOf } from "../../persist/options.ts";
import { type Arena, type Block, BLOCK_LINES, LINE_WORDS } from "./arena.ts";
import { destroy } from "./references.ts";
import { shown } from "../wait/shown.ts";

/** Options of objects that can be shared with other programs. */
export interface NamedOptions {
  /**
   * A name, by which all programs of this user on this machine share one object: who comes first makes it, the others open
   * it. It lives until the last of them has closed it or has ended, even by a kill. Needs Linux, `--allow-ffi`, and
   * `import "@ferry/std/ipc/shared-memory"`; see there.
   *
   * @default {undefined}
   */
  name?: string | undefined;
}

/** Options of objects with contents that can be shared with other programs. */
export interface NamedStoreOptions extends NamedOptions {
  /**
   * Most bytes of memory that an object with a name may take; who makes it decides. Memory is only taken up as it is used.
   *
   * @default {268435456}
   */
  capacity?: number | undefined;
}

/** What they may be; {@linkcode namedBlock} checks the name. */
export const NAMED_RULES: RulesOf<NamedOptions> = {
  name: "any",
};

/** The same of objects with contents. A capacity without a name would be checked by nobody. */
export const NAMED_STORE_RULES: RulesOf<NamedStoreOptions> = {
  name: "any",
  capacity: "bytes",
};

/** What an object with a name is. */
export interface NamedKind {
  /** Its kind: see `Kind`. */
  readonly kind: number;
  /** What errors call it, as in "queue". */
  readonly what: string;
  /** Bytes that it takes at most, where that is known. */
  readonly bytes?: number;
  /** Makes its block, in an arena of its own. */
  make(arena: Arena): Block;
}

/** Opens an object by its name, or makes it. */
export type NamedOpener = (name: string, capacity: number, kind: NamedKind) => Block;

let opener: NamedOpener | undefined;

/** Installs how objects with names are opened. */
export function setNamedOpener(open: NamedOpener): void {
  opener = open;
}

const DEFAULT_CAPACITY = 2 ** 28;
const MOST_CAPACITY = 2 ** 36;

/**
 * The block of an object with a name; `undefined` if the options give none.
 *
 * @throws {TypeError} If the name cannot be one, or is that of another kind of object.
 * @throws {RangeError} If the capacity is no number of bytes that is possible.
 * @throws {Deno.errors.NotSupported} If this is not Linux, or the room that opens names was not loaded.
 * @throws {Deno.errors.NotCapable} If `--allow-ffi` is missing.
 */
export function namedBlock(
  options: NamedStoreOptions | undefined,
  kind: NamedKind,
): Block | undefined {
  if (options === undefined) return undefined;
  const { name, capacity = kind.bytes ?? DEFAULT_CAPACITY } = options;
  if (name === undefined) return undefined;
  const attempted = `open the ${kind.what}`;
  if (typeof name !== "string") {
    throw new TypeError(`Cannot ${attempted}: name must be a string, received ${shown(name)}`);
  }
  if (!(capacity > 0 && capacity <= MOST_CAPACITY)) {
    throw new RangeError(
      `Cannot ${attempted}: capacity must be from 1 to ${MOST_CAPACITY} bytes, received ${capacity}`,
    );
  }
  if (opener === undefined) {
    throw new Deno.errors.NotSupported(
      `Cannot ${attempted} ${
        JSON.stringify(name)
      }: import "@ferry/std/ipc/shared-memory" first, which opens names`,
    );
  }
  return opener(name, capacity, kind);
}

/**
 * Frees the blocks of a kind that nothing names any more: who was killed had them in its hands. The caller holds the locks
 * under which such blocks change hands.
 *
 * @param named The lines of those that are in use.
 */
export function sweepBlocks(arena: Arena, kind: number, named: ReadonlySet<number>): void {
  const all = arena.everything();
  for (let at = arena.firstBlock; at < all.length; at += all[at + BLOCK_LINES]! * LINE_WORDS) {
    if (Atomics.load(all, at + BLOCK_KIND) !== kind || all[at + BLOCK_REFS] === 0) continue;
    const line = at / LINE_WORDS;
    if (named.has(line)) continue;
    const block = arena.block(line);
    block.words[BLOCK_REFS] = 0;
    block.words[BLOCK_KEEPER] = arena.me;
    destroy(block);
  }
}
