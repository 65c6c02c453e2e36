/** An active formatting element, or a marker. */
export interface Formatting {
  /** The node, 0 for a marker. */
  node: number;
  readonly tag: number;
  readonly name: number;
  /** Whether the node is open. */
  open: boolean;
  /** Equal for elements with the same name and attributes. */
  readonly hash: number;
}

/** The list of active formatting elements. */
export class FormattingList {
  readonly entries: Formatting[] = [];
  /** How many entries have a hash: a search for twins is only worth while from three on. */
  readonly #hashes = new Map<number, number>();

  push(entry: Formatting): void {
    this.entries.push(entry);
    this.#count(entry, 1);
  }

  /** Puts a marker, behind which the entries before it are not seen. */
  mark(): void {
    this.entries.push({ node: 0, tag: 0, name: 0, open: false, hash: 0 });
  }

  /** Forgets the entries up to the last marker, and the marker. */
  clearToMarker(): void {
    for (let last = this.entries.pop(); last !== undefined; last = this.entries.pop()) {
      if (last.node === 0) return;
      this.#count(last, -1);
    }
  }

  #count(entry: Formatting, step: number): void {
    if (entry.node === 0) return;
    const count = (this.#hashes.get(entry.hash) ?? 0) + step;
    if (count === 0) this.#hashes.delete(entry.hash);
    else this.#hashes.set(entry.hash, count);
  }

  /** Whether so many entries have a hash that a fourth of a kind is possible. */
  mayBeFull(hash: number): boolean {
    return (this.#hashes.get(hash) ?? 0) >= 3;
  }

  remove(entry: Formatting): void {
    const at = this.entries.lastIndexOf(entry);
    if (at !== -1) this.removeAt(at);
  }

  removeAt(at: number): void {
    this.#count(this.entries[at]!, -1);
    this.entries.splice(at, 1);
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
