/** The proxies of this agent, counted by their objects, with what keeps each object. */
export class References {
  readonly #held = new Map<string, { count: number; readonly anchor: Disposable | undefined }>();

  /** One more proxy of an object; `anchor` keeps the object until the last is gone. */
  hold(ident: string, anchor: Disposable | undefined): void {
    const held = this.#held.get(ident);
    if (held === undefined) this.#held.set(ident, { count: 1, anchor });
    else held.count++;
  }

  /** What keeps an object. */
  anchorOf(ident: string): Disposable | undefined {
    return this.#held.get(ident)?.anchor;
  }

  /** One proxy less. Whether it was the last one. */
  release(ident: string): boolean {
    const held = this.#held.get(ident);
    if (held === undefined || --held.count > 0) return false;
    this.#held.delete(ident);
    held.anchor?.[Symbol.dispose]();
    return true;
  }

  /** Gives all of them back. */
  clear(): void {
    for (const { anchor } of this.#held.values()) anchor?.[Symbol.dispose]();
    this.#held.clear();
  }
}
