/** An active formatting element, or a marker. */
export interface Formatting {
  /** The node, 0 for a marker. */
  node: number;
  readonly tag: number;
  readonly name: number;
  /** Whether the node is open. */
  open: boolean;
}

/** From this many entries on, twins are looked for by a hash. */
const MANY = 32;

/** The list of active formatting elements. */
export class FormattingList {
  readonly entries: Formatting[] = [];
  /** How many entries there are of each hash, once the list has been long. */
  #hashes: Map<number, number> | undefined;
  readonly #hashOf: (entry: Formatting) => number;

  /**
   * An empty list.
   *
   * @param hashOf Equal for entries with the same name and attributes.
   */
  constructor(hashOf: (entry: Formatting) => number) {
    this.#hashOf = hashOf;
  }

  push(entry: Formatting): void {
    this.entries.push(entry);
    if (this.#hashes !== undefined) this.#count(entry, 1);
    else if (this.entries.length === MANY) {
      this.#hashes = new Map();
      for (const known of this.entries) this.#count(known, 1);
    }
  }

  /** Puts a marker, behind which the entries before it are not seen. */
  mark(): void {
    this.entries.push({ node: 0, tag: 0, name: 0, open: false });
  }

  /** Forgets the entries up to the last marker, and the marker. */
  clearToMarker(): void {
    for (let last = this.entries.pop(); last !== undefined; last = this.entries.pop()) {
      if (last.node === 0) return;
      this.#count(last, -1);
    }
  }

  #count(entry: Formatting, step: number): void {
    if (this.#hashes === undefined || entry.node === 0) return;
    const hash = this.#hashOf(entry);
    const count = (this.#hashes.get(hash) ?? 0) + step;
    if (count === 0) this.#hashes.delete(hash);
    else this.#hashes.set(hash, count);
  }

  /** Whether there may be three entries like one that is to be added: searching a long list for them each time is slow. */
  mayBeFull(entry: Formatting): boolean {
    if (this.#hashes === undefined) return this.entries.length >= 3;
    return (this.#hashes.get(this.#hashOf(entry)) ?? 0) >= 3;
  }

  remove(entry: Formatting): void {
    const at = this.entries.lastIndexOf(entry);
    if (at !== -1) this.removeAt(at);
  }

  removeAt(at: number): void {
    const entry = this.entries[at]!;
    this.#count(entry, -1);
    if (at === this.entries.length - 1) this.entries.pop();
    else this.entries.splice(at, 1);
  }

  insertAt(at: number, entry: Formatting): void {
    this.entries.splice(at, 0, entry);
    this.#count(entry, 1);
  }

  replaceAt(at: number, entry: Formatting): void {
    this.#count(this.entries[at]!, -1);
    this.entries[at] = entry;
    this.#count(entry, 1);
  }

  /** Index of the entry of a node, -1 if there is none. */
  indexOf(node: number): number {
    const entries = this.entries;
    for (let at = entries.length - 1; at >= 0; at--) if (entries[at]!.node === node) return at;
    return -1;
  }

  /** The last entry of an element behind the last marker. */
  last(tag: number): Formatting | undefined {
    const entries = this.entries;
    for (let at = entries.length - 1; at >= 0; at--) {
      const entry = entries[at]!;
      if (entry.node === 0) return undefined;
      if (entry.tag === tag) return entry;
    }
    return undefined;
  }

  /** Notes that a node is not open any more. */
  closed(node: number): void {
    const entries = this.entries;
    for (let at = entries.length - 1; at >= 0; at--) {
      if (entries[at]!.node === node) {
        entries[at]!.open = false;
        return;
      }
    }
  }
}
