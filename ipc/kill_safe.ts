/**
 * The steps that a kill must not tear, all of them.
 *
 * A kill must not come between counting a reference and writing it down, or between publishing a message and crossing
 * out the sender's claim to it: half a step would leak a block, which may be the end of a pipe whose other end then
 * waits for ever, or free it twice.
 *
 * The engine stops a thread in two places only: where a function is called, built-in ones too, before it has done
 * anything; and where a loop goes round. So a function is *kill-safe* if it calls nothing, or one atomic operation
 * before anything else, does not loop, and is otherwise made of plain reads and writes. A kill then comes before all of
 * it or after all of it. (Thousands of kills agree: plain writes after an atomic operation are never torn; a second
 * atomic operation is.)
 *
 * Rules for this file, held by the lint rule `ferry/kill-safe`: no imports; every function makes at most one call, of
 * `Atomics`, in its first statement and before any assignment; no loops. Whatever else a caller has to do, it does
 * before, where nothing has happened yet, or after, where the reaper (`reaper/reaper.ts`) can see what was done.
 *
 * Other agents may see the plain writes late. That does no harm, as their words are read only by their owner, by its reaper
 * once the owner's thread has ended, or under a lock that was held for the step.
 */

/** What a block holds; 0 = free, see `Kind` in `memory/arena.ts`. */
export const BLOCK_KIND = 0;
/** How many references there are to a block. */
export const BLOCK_REFS = 2;
/** The agent that makes or destroys a block to which nobody refers. */
export const BLOCK_KEEPER = 3;
/** The next free block, while a block is free. */
export const BLOCK_NEXT = 3;

/** Words of an agent's table entry, see `memory/agent.ts`. */
export const STATE = 0;
export const HOLDINGS = 1;
export const PARENT = 2;
export const EXIT_CODE = 3;
export const PHASE = 4;
export const ARGUMENTS = 8;
export const SLEEPS_AT = 9;
export const HAZARDS = 11;
export const RESULT = 13;

/** Words of a table of a shared map, see `collections/map/_layout.ts`. */
export const TABLE_OWNS = 5;
export const TABLE_COUNT = 6;
export const TABLE_USED = 7;
export const TABLE_LIVE = 8;
export const TABLE_TOP = 9;

/** Words of a broadcast, its segments and subscriptions, see `collections/broadcast/_layout.ts`. */
export const NEWEST = 17;
export const END = 18;
export const UNITS = 19;
export const FIRST_SUBSCRIPTION = 21;
export const SUBSCRIPTIONS = 22;
export const SEGMENT_NEXT_SLOT = 5;
export const SEGMENT_END = 6;
export const SUB_NEXT = 7;
export const SUB_SEGMENT = 17;
export const SUB_SPARE = 18;
export const SUB_OFFSET = 19;
export const SUB_TAKEN = 20;
export const SUB_UNITS = 21;
export const SUB_LAGGED = 22;

/**
 * Counts a reference to a block and writes the block's line into a slot.
 *
 * Slots are read by their owner and its reaper. From its first reference on, a block is in nobody's hands.
 */
export function refer(slots: Int32Array, slot: number, block: Int32Array, line: number): void {
  Atomics.add(block, BLOCK_REFS, 1);
  slots[slot] = line;
  block[BLOCK_KEEPER] = 0;
}

/**
 * As {@linkcode refer}, if there are exactly `seen` references.
 *
 * @returns How many there were.
 */
export function referIf(
  slots: Int32Array,
  slot: number,
  block: Int32Array,
  line: number,
  seen: number,
): number {
  const found = Atomics.compareExchange(block, BLOCK_REFS, seen, seen + 1);
  if (found === seen) slots[slot] = line;
  return found;
}

/**
 * Empties a slot and counts its reference off.
 *
 * @returns Whether it was the last one: the block is then in the hands of the agent `me`, which must destroy it.
 */
export function crossOut(slots: Int32Array, slot: number, block: Int32Array, me: number): boolean {
  const last = Atomics.sub(block, BLOCK_REFS, 1) === 1;
  slots[slot] = 0;
  if (last) block[BLOCK_KEEPER] = me;
  return last;
}

/**
 * Moves a reference from one slot to another one. Both are read by their owner and its reaper only.
 */
export function handOver(
  to: Int32Array,
  toSlot: number,
  line: number,
  from: Int32Array,
  fromSlot: number,
): void {
  to[toSlot] = line;
  from[fromSlot] = 0;
}

/**
 * Takes the first page out of a chain of holdings. Only the reaper of the chain's owner does so, and the page is then in
 * its hands.
 */
export function unchain(
  slots: Int32Array,
  slot: number,
  next: number,
  page: Int32Array,
  me: number,
): void {
  slots[slot] = next;
  page[BLOCK_REFS] = 0;
  page[BLOCK_KEEPER] = me;
}

/**
 * Takes a block off a free list, under the allocator's lock. It is in the hands of the agent `me`.
 *
 * @param unfinished The kind of a block that is being made.
 */
export function takeFree(
  lists: Int32Array,
  list: number,
  block: Int32Array,
  me: number,
  unfinished: number,
): void {
  lists[list] = block[BLOCK_NEXT]!;
  block[BLOCK_REFS] = 0;
  block[BLOCK_KEEPER] = me;
  block[BLOCK_KIND] = unfinished;
}

/**
 * Puts a block at the head of a free list, under the allocator's lock.
 *
 * @param free The kind of a free block.
 */
export function putFree(
  lists: Int32Array,
  list: number,
  block: Int32Array,
  line: number,
  free: number,
): void {
  block[BLOCK_KIND] = free;
  block[BLOCK_NEXT] = lists[list]!;
  lists[list] = line;
}

/**
 * Makes a new block the one that a word names, unless the word names one already. The word's reference is the only one that
 * such a block ever has, so nobody counts it while these writes are late.
 *
 * @returns Whether it did.
 */
export function install(words: Int32Array, word: number, block: Int32Array, line: number): boolean {
  if (Atomics.compareExchange(words, word, 0, line) !== 0) return false;
  block[BLOCK_REFS] = 1;
  block[BLOCK_KEEPER] = 0;
  return true;
}

/**
 * Takes an entry of the agent table for a child of `parent` if its state is `free`. Nobody reads the other words before
 * the child has started; the reaper reads them once the entry is taken, and finds it whole.
 *
 * @returns Whether the entry was free.
 */
export function takeEntry(
  table: Int32Array,
  entry: number,
  free: number,
  alive: number,
  parent: number,
): boolean {
  if (Atomics.compareExchange(table, entry + STATE, free, alive) !== free) return false;
  table[entry + HOLDINGS] = 0;
  table[entry + PARENT] = parent;
  table[entry + EXIT_CODE] = 0;
  table[entry + ARGUMENTS] = 0;
  table[entry + SLEEPS_AT + 1] = 0;
  table[entry + HAZARDS] = 0;
  table[entry + HAZARDS + 1] = 0;
  table[entry + RESULT] = 0;
  table[entry + PHASE] = ((table[entry + PHASE]! >>> 2) + 1) << 2;
  return true;
}

/**
 * Counts a thread that is about to sleep, and records where: the line of the memory that counts it, and the counting
 * word's index from there. The reaper reads the record.
 */
export function countSleeper(
  words: Int32Array,
  sleepers: number,
  line: number,
  record: Int32Array,
  at: number,
): void {
  Atomics.add(words, sleepers, 1);
  record[at] = line;
  record[at + 1] = sleepers;
}

/** Undoes {@linkcode countSleeper}: for the thread itself, or by the reaper of its agent. */
export function discountSleeper(
  words: Int32Array,
  sleepers: number,
  record: Int32Array,
  at: number,
): void {
  Atomics.sub(words, sleepers, 1);
  record[at + 1] = 0;
}

/**
 * Publishes a message in a ring; the sender's claim to the message's references is crossed out.
 *
 * @returns The position word as it was.
 */
export function publishMessage(
  ring: Int32Array,
  position: number,
  value: number,
  slots: Int32Array,
  slot: number,
): number {
  const before = Atomics.exchange(ring, position, value);
  slots[slot] = 0;
  return before;
}

/**
 * Consumes a message of a ring; the block of its references, to which only the message referred, is in the hands of the
 * agent `me`.
 *
 * @returns The position word as it was.
 */
export function consumeMessage(
  ring: Int32Array,
  position: number,
  value: number,
  references: Int32Array,
  me: number,
): number {
  const before = Atomics.exchange(ring, position, value);
  references[BLOCK_REFS] = 0;
  references[BLOCK_KEEPER] = me;
  return before;
}

/**
 * Publishes items of a queue, under its lock; the putter's claim to the references of the last one is crossed out.
 *
 * @param step What to add to the count word.
 */
export function publishItems(
  queue: Int32Array,
  count: number,
  step: number,
  slots: Int32Array,
  slot: number,
): void {
  Atomics.add(queue, count, step);
  slots[slot] = 0;
}

/**
 * Consumes items of a queue, under its lock. The segment that was emptied before them and the block of the references of
 * the last one, to which only the queue and that item referred, are in the hands of the agent `me`.
 *
 * @param step What to add to the count word.
 */
export function consumeItems(
  queue: Int32Array,
  count: number,
  step: number,
  emptied: Int32Array | undefined,
  references: Int32Array | undefined,
  me: number,
): void {
  Atomics.add(queue, count, step);
  if (emptied !== undefined) {
    emptied[BLOCK_REFS] = 0;
    emptied[BLOCK_KEEPER] = me;
  }
  if (references !== undefined) {
    references[BLOCK_REFS] = 0;
    references[BLOCK_KEEPER] = me;
  }
}

/**
 * Makes an entry of a shared map the one in a place of its table, under the lock of its stripe. The references of the new
 * value become the entry's: the setter's claim to them is crossed out. Those of the old value, to which only the old entry
 * referred, are in the hands of the agent `me`.
 *
 * @param entry Where the entry lies in the table, or what marks a deleted one.
 */
export function publishEntry(
  table: Int32Array,
  place: number,
  entry: number,
  top: number,
  used: number,
  count: number,
  live: number,
  slots: Int32Array | undefined,
  slot: number,
  replaced: Int32Array | undefined,
  me: number,
): void {
  Atomics.store(table, place, entry);
  table[TABLE_TOP] = top;
  table[TABLE_USED] = used;
  table[TABLE_COUNT] = count;
  table[TABLE_LIVE] = live;
  if (slots !== undefined) slots[slot] = 0;
  if (replaced !== undefined) {
    replaced[BLOCK_REFS] = 0;
    replaced[BLOCK_KEEPER] = me;
  }
}

/**
 * Makes the other table of a stripe the current one, under the stripe's lock. The old table is in the hands of the agent
 * `me`; what its entries refer to now belongs to the new table, if there is one. The new table may have an entry that the old
 * one had not: its references, and those of the entry that it replaces, change hands as in {@linkcode publishEntry}.
 *
 * @param oldSlot The slot of the old table.
 */
export function swapTables(
  words: Int32Array,
  version: number,
  oldSlot: number,
  old: Int32Array | undefined,
  fresh: Int32Array | undefined,
  slots: Int32Array | undefined,
  slot: number,
  replaced: Int32Array | undefined,
  me: number,
): void {
  Atomics.add(words, version, 1);
  words[oldSlot] = 0;
  if (fresh !== undefined) fresh[TABLE_OWNS] = 1;
  if (old !== undefined) {
    if (fresh !== undefined) old[TABLE_OWNS] = 0;
    old[BLOCK_REFS] = 0;
    old[BLOCK_KEEPER] = me;
  }
  if (slots !== undefined) slots[slot] = 0;
  if (replaced !== undefined) {
    replaced[BLOCK_REFS] = 0;
    replaced[BLOCK_KEEPER] = me;
  }
}

/**
 * Publishes an item of a broadcast, under its lock. The references of the item become the segment's: the publisher's claim to
 * them is crossed out.
 *
 * @param line The line of the segment that the item lies in.
 * @param end The offset after the item.
 * @param units What the items ever published take, this one too.
 */
export function publishToAll(
  broadcast: Int32Array,
  published: number,
  segment: Int32Array,
  line: number,
  end: number,
  units: number,
  slots: Int32Array | undefined,
  slot: number,
): void {
  Atomics.add(broadcast, published, 2);
  broadcast[NEWEST] = line;
  broadcast[END] = end;
  broadcast[UNITS] = units;
  segment[SEGMENT_END] = end;
  if (slots !== undefined) slots[slot] = 0;
}

/**
 * Takes the oldest segment of a broadcast out of its chain, under the broadcast's lock: the reference to the next one moves.
 *
 * @param oldest The slot of the oldest segment.
 * @returns Whether nobody refers to the segment any more: it is then in the hands of the agent `me`.
 */
export function retireSegment(
  broadcast: Int32Array,
  oldest: number,
  segment: Int32Array,
  me: number,
): boolean {
  const last = Atomics.sub(segment, BLOCK_REFS, 1) === 1;
  broadcast[oldest] = segment[SEGMENT_NEXT_SLOT]!;
  segment[SEGMENT_NEXT_SLOT] = 0;
  if (last) segment[BLOCK_KEEPER] = me;
  return last;
}

/** Puts a subscription at the head of a broadcast's list, under the broadcast's lock. */
export function addSubscription(
  broadcast: Int32Array,
  subscription: Int32Array,
  line: number,
): void {
  subscription[SUB_NEXT] = broadcast[FIRST_SUBSCRIPTION]!;
  broadcast[FIRST_SUBSCRIPTION] = line;
  broadcast[SUBSCRIPTIONS] = broadcast[SUBSCRIPTIONS]! + 1;
}

/**
 * Takes a subscription out of a broadcast's list, under the broadcast's lock.
 *
 * @param before What names it: the word of the broadcast or of the subscription before it.
 */
export function removeSubscription(
  broadcast: Int32Array,
  before: Int32Array,
  word: number,
  subscription: Int32Array,
): void {
  before[word] = subscription[SUB_NEXT]!;
  broadcast[SUBSCRIPTIONS] = broadcast[SUBSCRIPTIONS]! - 1;
}

/** Moves a subscription on in its segment, under its lock. */
export function advance(
  subscription: Int32Array,
  taken: number,
  offset: number,
  units: number,
  lagged: number,
): void {
  Atomics.store(subscription, SUB_TAKEN, taken);
  subscription[SUB_OFFSET] = offset;
  subscription[SUB_UNITS] = units;
  subscription[SUB_LAGGED] = lagged;
}

/** Moves a subscription to the segment in its spare slot, under its lock. The slots change places. */
export function changeSegments(
  subscription: Int32Array,
  taken: number,
  offset: number,
  units: number,
  lagged: number,
): void {
  Atomics.store(subscription, SUB_TAKEN, taken);
  const next = subscription[SUB_SPARE]!;
  subscription[SUB_SPARE] = subscription[SUB_SEGMENT]!;
  subscription[SUB_SEGMENT] = next;
  subscription[SUB_OFFSET] = offset;
  subscription[SUB_UNITS] = units;
  subscription[SUB_LAGGED] = lagged;
}

/**
 * Counts a reader of a reader-writer lock if the lock's state is still the one seen, and writes down in the agent's entry
 * how often it reads now. The entry is written by its agent, and read by its reaper too.
 *
 * @returns Whether the state was the one seen.
 */
export function beginRead(
  words: Int32Array,
  state: number,
  seen: number,
  next: number,
  entries: Int32Array,
  reads: number,
  count: number,
): boolean {
  if (Atomics.compareExchange(words, state, seen, next) !== seen) return false;
  entries[reads] = count;
  return true;
}

/**
 * Counts readers of one agent off a reader-writer lock, and writes down how often the agent reads now: for the agent
 * itself, or by its reaper.
 *
 * @param step What to subtract from the state.
 * @returns The state as it was.
 */
export function endReads(
  words: Int32Array,
  state: number,
  step: number,
  entries: Int32Array,
  reads: number,
  count: number,
): number {
  const before = Atomics.sub(words, state, step);
  entries[reads] = count;
  return before;
}
