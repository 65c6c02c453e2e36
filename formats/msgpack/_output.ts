/** Messages up to this size are copied out of the scratch buffer; larger ones take the buffer with them. */
const KEPT = 1 << 16;
const FIRST = 4096;
const POOL = 8192;

/** The memory that a message is written into. It grows; what is taken out of it is never written to again. */
export class Output {
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(FIRST);
  view: DataView = new DataView(this.bytes.buffer);
  pos = 0;
  /** Size of the last large message: the next one may be like it. */
  #expected = 0;
  #pool: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  #pooled = 0;

  /** The message so far, as memory of its own. */
  take(): Uint8Array<ArrayBuffer> {
    const size = this.pos;
    if (size <= KEPT) return this.bytes.slice(0, size);
    // Shrinking in place is several times cheaper than a copy into fresh pages.
    this.#expected = size;
    const taken = new Uint8Array(this.bytes.buffer.transfer(size));
    this.#replace(new Uint8Array(FIRST));
    return taken;
  }

  /** The message so far, as a view into a pool that it shares with others if it is small. */
  takePooled(): Uint8Array<ArrayBuffer> {
    const size = this.pos;
    if (size > POOL >> 3) return this.take();
    if (this.#pooled + size > this.#pool.length) {
      this.#pool = new Uint8Array(POOL);
      this.#pooled = 0;
    }
    const taken = this.#pool.subarray(this.#pooled, this.#pooled += size);
    const bytes = this.bytes;
    for (let i = 0; i < size; i++) taken[i] = bytes[i]!;
    return taken;
  }

  /** Forgets the message, also one that failed half-way. */
  reset(): void {
    this.pos = 0;
    if (this.bytes.length > KEPT * 2) this.#replace(new Uint8Array(FIRST));
  }

  #replace(bytes: Uint8Array<ArrayBuffer>): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }

  /** Makes room for `count` bytes. */
  reserve(count: number): void {
    const needed = this.pos + count;
    if (needed <= this.bytes.length) return;
    const doubled = this.bytes.length * 2;
    // Past the size that is kept, the next stop is what the last large message needed.
    const next = doubled > KEPT ? Math.max(doubled, this.#expected) : doubled;
    const bytes = new Uint8Array(Math.max(needed, next));
    bytes.set(this.bytes.subarray(0, this.pos));
    this.#replace(bytes);
  }
}
