/** How many entries an iteration reads at once: as many as make about a mebibyte, whatever their size. */
const TARGET = 1024 * 1024;
const MOST = 1024;

export class PageSize {
  #size = 8;

  /** How many entries to read next. */
  get size(): number {
    return this.#size;
  }

  /** Learns from a page that was read. */
  learn(entries: number, bytes: number): void {
    const wanted = bytes === 0 ? MOST : Math.floor(TARGET * entries / bytes);
    this.#size = Math.max(1, Math.min(wanted, this.#size * 8, MOST));
  }
}
