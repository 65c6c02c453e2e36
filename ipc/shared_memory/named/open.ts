/**
 * Opening shared objects by name; see `memory/named.ts`. Loading this module installs it.
 */
import { BLOCK_KEEPER, BLOCK_KIND, BLOCK_REFS } from "../../kill_safe.ts";
import { type Block, BLOCK_BODY, Kind } from "../../memory/arena.ts";
import { kindInfo } from "../../memory/kinds.ts";
import { type NamedKind, setNamedOpener } from "../../memory/named.ts";
import { onNamedHolds } from "../../memory/references.ts";
import { newBlock } from "../../memory/shared_object.ts";
import { setWaitQueues } from "../../wait/queues.ts";
import { shown } from "../../wait/shown.ts";
import { SharedWaitQueues } from "../system/linux/futex.ts";
import { type Libc, libc } from "../system/linux/libc.ts";
import { thisThread } from "../system/linux/thread.ts";
import { NamedArena } from "./_arena.ts";
import { Reaper } from "./_reaper.ts";
import { PREFIX, Segment, spaceOf, sweepSegments } from "./_segment.ts";
import { Threads, THREADS_BYTES } from "./_threads.ts";

/** Longest name in bytes: a file's has 255. */
const MAX_NAME = 255 - PREFIX.length;
/** Room besides the object: headers, the table of threads. */
const EXTRA = 2 ** 16;
/** Words of the table of threads, before its first entry. */
const SPACE = 0;

/** What this thread has open of one name. */
interface Opened {
  readonly segment: Segment;
  readonly reaper: Reaper;
  /** References of this thread. */
  holds: number;
}

const open = new Map<NamedArena, Opened>();
let swept = false;

function openNamed(name: string, capacity: number, kind: NamedKind): Block {
  const what = `open the ${kind.what} ${shown(name)}`;
  const file = PREFIX + checkedName(what, name);
  const c = libc(what);
  if (!swept) {
    swept = true;
    sweepSegments(c);
  }
  for (;;) {
    const segment = Segment.open(c, what, file);
    if (segment !== undefined) return attach(c, what, segment, name, kind);
    const made = make(c, what, name, capacity, kind);
    if (made !== undefined) return made;
  }
}

/** Makes the object; `undefined` if somebody else has just made it. */
function make(
  c: Libc,
  what: string,
  name: string,
  capacity: number,
  kind: NamedKind,
): Block | undefined {
  const size = Math.ceil((capacity + EXTRA) / EXTRA) * EXTRA;
  const segment = Segment.make(c, what, PREFIX + name, size);
  let published = false;
  try {
    // The header; what else is written is reserved by the arena.
    const code = segment.reserve(0, 4096);
    if (code !== undefined) throw new RangeError(`Cannot ${what}: no shared memory (${code})`);
    const arena = arenaOf(segment, name, kind);
    arena.format();
    // The allocator needs a number before there is a table.
    arena.me = 1;
    const table = newBlock(Kind.agents, 64 + THREADS_BYTES, undefined, arena);
    keep(table);
    arena.threadsLine = table.line;
    table.words.set(new Int32Array(new BigUint64Array([spaceOf(c)]).buffer), BLOCK_BODY + SPACE);
    const opened = enter(c, what, segment, arena);
    arena.root = keep(kind.make(arena));
    published = segment.publish(what);
    return published ? settled(arena, opened) : undefined;
  } finally {
    if (!published) segment.close();
  }
}

/** Has a block stay as long as the arena. */
function keep(block: Block): Block {
  block.words[BLOCK_REFS] = 1;
  block.words[BLOCK_KEEPER] = 0;
  return block;
}

/** Opens an object that somebody else has made. */
function attach(
  c: Libc,
  what: string,
  segment: Segment,
  name: string,
  kind: NamedKind,
): Block {
  let done = false;
  try {
    const arena = arenaOf(segment, name, kind);
    if (!arena.isKnown) {
      throw new Deno.errors.NotSupported(
        `Cannot ${what}: it was made by another version of this package`,
      );
    }
    const words = arena.block(arena.threadsLine).words;
    const space = new BigUint64Array(words.slice(BLOCK_BODY, BLOCK_BODY + 2).buffer)[0];
    if (space !== spaceOf(c)) {
      throw new Deno.errors.NotSupported(
        `Cannot ${what}: it was made in another container, whose processes this one cannot see`,
      );
    }
    const found = Atomics.load(arena.root.words, BLOCK_KIND);
    if (found !== kind.kind) {
      throw new TypeError(`Cannot ${what}: the name is that of another kind`);
    }
    const opened = enter(c, what, segment, arena);
    done = true;
    return settled(arena, opened);
  } finally {
    if (!done) segment.close();
  }
}

function arenaOf(segment: Segment, name: string, { what }: NamedKind): NamedArena {
  const reserve = (from: number, to: number) => segment.reserve(from, to);
  return new NamedArena(segment.mapping.buffer, name, what, reserve);
}

/** Enters this thread into the table. */
function enter(c: Libc, what: string, segment: Segment, arena: NamedArena): Opened {
  const { words } = arena.block(arena.threadsLine);
  const threads = new Threads(c, words.subarray(16));
  arena.me = threads.enter(thisThread(c, what), what);
  const reaper = new Reaper(arena, threads);
  const { buffer, address } = segment.mapping;
  setWaitQueues(
    buffer,
    new SharedWaitQueues(c, address, (holdingLocks) => reaper.reap(holdingLocks)),
  );
  return { segment, reaper, holds: 0 };
}

function settled(arena: NamedArena, opened: Opened): Block {
  open.set(arena, opened);
  return arena.root;
}

/** Called for each reference of this thread that is taken or dropped. */
function onHold(block: Block, change: 1 | -1): void {
  const arena = block.arena as NamedArena;
  const opened = open.get(arena);
  if (opened === undefined) return;
  opened.holds += change;
  if (opened.holds > 0) return;
  leave(arena, opened);
  // Who disposes of an object wakes its waiters afterwards.
  queueMicrotask(() => opened.segment.close());
}

/** Ends this thread's use of an object. */
function leave(arena: NamedArena, { segment, reaper }: Opened): void {
  open.delete(arena);
  const { root } = arena;
  kindInfo(Atomics.load(root.words, BLOCK_KIND))?.leave?.(root);
  // As if it had died: what it still holds is given back.
  reaper.reclaim(arena.me);
  segment.unlinkIfLast();
}

addEventListener("unload", () => {
  for (const [arena, opened] of open) leave(arena, opened);
});

setNamedOpener(openNamed);
onNamedHolds(onHold);

function checkedName(what: string, name: string): string {
  if (name === "" || /[/\0]/.test(name) || !name.isWellFormed()) {
    throw new TypeError(`Cannot ${what}: needed a name that is not empty, without "/" and NUL`);
  }
  const { length } = new TextEncoder().encode(name);
  if (length > MAX_NAME) {
    throw new TypeError(
      `Cannot ${what}: needed a name of at most ${MAX_NAME} bytes, received ${length}`,
    );
  }
  return name;
}
