/**
 * Shapes: the ordered key lists of plain objects, so that records of one kind do not repeat their keys.
 *
 * Each agent keeps a {@linkcode ShapeTrie} of the shapes it meets. With shared memory behind it, a
 * {@linkcode ShapeTable} gives shapes numbers that hold in every agent.
 *
 * Roles: any agent may publish and look up at any time; entries are never changed or removed.
 *
 * | bytes of the region | meaning |
 * |---|---|
 * | word 0 | bytes of the heap handed out, rounded to 4 |
 * | words 1 to `slots` | slot: start of the entry with that number, relative to the region; 0 = not yet published |
 * | rest | heap: `uint16 keyCount`, then for each key `uint16 length << 1 \| wide`, units of 1 or 2 bytes |
 *
 * Ordering: an entry's bytes are written with plain stores, then its slot is set by one compare-exchange; readers
 * load the slot atomically before they touch the bytes. There is no lock: an agent that dies while it publishes leaks
 * the few bytes that it had reserved. Two agents may publish one shape at the same time; it then has two numbers, both
 * valid.
 */
import type { Memory } from "./bytes.ts";

/** Objects with more keys than this are dictionaries rather than records. */
const MAX_KEYS = 32;
/** Keys longer than this are not worth an entry in the table. */
const MAX_KEY_LENGTH = 64;
/** Shapes not in the table that one agent remembers, counted in trie nodes. */
const MAX_NODES = 4096;
/** Sightings after which a shape is published: keys that are data are seen once. */
const PUBLISH_AFTER = 2;

/** One prefix of a key list. The path from the root spells the keys. */
export class ShapeNode {
  readonly parent: ShapeNode | undefined;
  readonly key: string;
  /** Number of keys up to and with this one. */
  readonly size: number;
  /** The child taken last, so that records of one kind cost one comparison a key. */
  lastKey = "";
  lastChild: ShapeNode | undefined = undefined;
  /** Number in the shared table, -1 = none. */
  sharedId = -1;
  /** Number within the message `epoch`. */
  localId = 0;
  epoch = 0;
  seen = 0;
  #children: Map<string, ShapeNode> | undefined = undefined;
  #keys: readonly string[] | undefined = undefined;

  constructor(parent: ShapeNode | undefined, key: string) {
    this.parent = parent;
    this.key = key;
    this.size = parent === undefined ? 0 : parent.size + 1;
  }

  /** The whole key list. */
  get keys(): readonly string[] {
    return this.#keys ??= this.#collect();
  }

  #collect(): readonly string[] {
    const keys: string[] = [];
    let node: ShapeNode | undefined = this.parent === undefined ? undefined : this;
    while (node?.parent !== undefined) {
      keys.push(node.key);
      node = node.parent;
    }
    return keys.reverse();
  }

  /** The child for `key`, if there is one. */
  child(key: string): ShapeNode | undefined {
    return this.#children?.get(key);
  }

  /** Adds the child for `key`. */
  add(key: string): ShapeNode {
    const node = new ShapeNode(this, key);
    (this.#children ??= new Map()).set(key, node);
    return node;
  }
}

/** The shapes one agent has met. */
export class ShapeTrie {
  #root = new ShapeNode(undefined, "");
  #nodes = 0;
  #full = false;
  /** Stands for "no shape": dictionaries, long keys, a full trie. Steps from it lead back to it. */
  readonly none: ShapeNode = new ShapeNode(undefined, "");

  /** The empty key list. */
  get root(): ShapeNode {
    return this.#root;
  }

  /** Follows one key; callers try `node.lastKey` first. */
  step(node: ShapeNode, key: string): ShapeNode {
    if (node === this.none) return node;
    let child = node.child(key);
    if (child === undefined) {
      if (node.size >= MAX_KEYS || key.length > MAX_KEY_LENGTH) return this.none;
      if (this.#nodes >= MAX_NODES) {
        this.#full = true;
        return this.none;
      }
      child = this.grow(node, key);
      this.#nodes++;
    }
    node.lastKey = key;
    node.lastChild = child;
    return child;
  }

  /** Adds a node that does not count against the limit: it belongs to a published shape. */
  protected grow(node: ShapeNode, key: string): ShapeNode {
    return node.child(key) ?? node.add(key);
  }

  /** Whether there was no room for new shapes; {@linkcode ShapeTrie.forget} makes some. */
  get full(): boolean {
    return this.#full;
  }

  /** Forgets every shape that is not published. Not to be called while a message is being encoded. */
  forget(): void {
    this.#root = new ShapeNode(undefined, "");
    this.#nodes = 0;
    this.#full = false;
  }

  /** The shared number of a shape. One that was seen often enough gets a number if it has none; -1 = not now. */
  share(_node: ShapeNode): number {
    return -1;
  }

  /** The shape with this shared number. */
  at(_id: number): ShapeNode | undefined {
    return undefined;
  }
}

/** Shapes shared by all agents that see `memory`. */
export class ShapeTable extends ShapeTrie {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #words: Int32Array;
  readonly #offset: number;
  readonly #length: number;
  readonly #slots: number;
  /** Shapes read so far, by number. */
  #known: ShapeNode[] = [];

  /** Works on `memory.bytes[offset, offset + byteLength)`, zeroed when the first agent gets it, 4-byte aligned. */
  constructor(memory: Memory, offset: number, byteLength: number) {
    super();
    if (offset % 4 !== 0 || byteLength < 64) {
      throw new RangeError(
        `A shape table needs a 4-byte aligned region of at least 64 bytes, received ${byteLength} bytes at ${offset}`,
      );
    }
    this.#bytes = memory.bytes;
    this.#view = memory.view;
    this.#words = memory.i32;
    this.#offset = offset;
    this.#length = byteLength;
    // One slot for every 64 bytes: an average shape's keys fit in the other 60.
    this.#slots = Math.floor(byteLength / 64);
  }

  override at(id: number): ShapeNode | undefined {
    if (id >= this.#known.length) this.#sync();
    return this.#known[id];
  }

  override forget(): void {
    super.forget();
    for (let id = 0; id < this.#known.length; id++) {
      this.#known[id] = this.#insert(this.#known[id]!.keys, id);
    }
  }

  override share(node: ShapeNode): number {
    if (++node.seen < PUBLISH_AFTER) return -1;
    this.#sync();
    if (node.sharedId >= 0 || this.#known.length >= this.#slots) return node.sharedId;
    const start = this.#write(node.keys);
    if (start < 0) return -1;
    const first = this.#offset / 4 + 1;
    while (this.#known.length < this.#slots) {
      const slot = first + this.#known.length;
      if (Atomics.compareExchange(this.#words, slot, 0, start) === 0) {
        node.sharedId = this.#known.length;
        this.#known.push(node);
        return node.sharedId;
      }
      // Another agent took the slot; perhaps for the very same shape.
      this.#sync();
      if (node.sharedId >= 0) return node.sharedId;
    }
    return -1;
  }

  /** Reads what other agents have published since. */
  #sync(): void {
    const first = this.#offset / 4 + 1;
    while (this.#known.length < this.#slots) {
      const start = Atomics.load(this.#words, first + this.#known.length);
      if (start === 0) return;
      this.#known.push(this.#insert(this.#read(start), this.#known.length));
    }
  }

  #insert(keys: readonly string[], id: number): ShapeNode {
    let node = this.root;
    for (const key of keys) node = this.grow(node, key);
    node.sharedId = id;
    return node;
  }

  /** Reserves room and writes the entry; -1 = the heap is full. */
  #write(keys: readonly string[]): number {
    let size = 2;
    for (const key of keys) size += 2 + (isWide(key) ? 2 : 1) * key.length;
    size = (size + 3) & ~3;
    const heap = 4 * (1 + this.#slots);
    const word = this.#offset / 4;
    let used = Atomics.load(this.#words, word);
    for (;;) {
      if (heap + used + size > this.#length) return -1;
      const found = Atomics.compareExchange(this.#words, word, used, used + size);
      if (found === used) break;
      used = found;
    }
    let at = this.#offset + heap + used;
    this.#view.setUint16(at, keys.length, true);
    at += 2;
    for (const key of keys) {
      const wide = isWide(key);
      this.#view.setUint16(at, key.length << 1 | (wide ? 1 : 0), true);
      at += 2;
      for (let i = 0; i < key.length; i++) {
        if (wide) this.#view.setUint16(at, key.charCodeAt(i), true);
        else this.#bytes[at] = key.charCodeAt(i);
        at += wide ? 2 : 1;
      }
    }
    return heap + used;
  }

  #read(start: number): readonly string[] {
    let at = this.#offset + start;
    const count = this.#view.getUint16(at, true);
    at += 2;
    const keys: string[] = [];
    for (let k = 0; k < count; k++) {
      const head = this.#view.getUint16(at, true);
      at += 2;
      let key = "";
      for (let i = head >> 1; i > 0; i--) {
        if (head & 1) {
          key += String.fromCharCode(this.#view.getUint16(at, true));
          at += 2;
        } else key += String.fromCharCode(this.#bytes[at++]!);
      }
      keys.push(key);
    }
    return keys;
  }
}

function isWide(key: string): boolean {
  for (let i = 0; i < key.length; i++) if (key.charCodeAt(i) > 0xff) return true;
  return false;
}
