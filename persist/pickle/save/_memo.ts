/**
 * What has been written, and the number under which it can be fetched. Objects go by identity; strings, which have none in
 * JavaScript, by value. A number without an entry is taken by a temporary that nothing can refer to.
 */
export class Memo {
  /** Objects by identity. */
  readonly objects: Map<object, number> = new Map();
  /** Strings by value. */
  readonly strings: Map<string, number> = new Map();
  /** Classes and functions by name; bytes of length 0 and 1, which CPython has once, by content. */
  readonly names: Map<string, number> = new Map();
  /** The next number. */
  size: number = 0;
  /** The keys last written at each place of a small dict, and their numbers. */
  readonly shape: string[] = [];
  readonly shapeNumbers: number[] = [];

  /** Forgets everything. */
  clear(): void {
    if (this.size === 0) return;
    this.objects.clear();
    this.strings.clear();
    if (this.names.size > 0) this.names.clear();
    this.shape.length = 0;
    this.size = 0;
  }

  /** Forgets what got a number after there were so many: a pickle that broke off never reaches a reader. */
  cutTo(size: number): void {
    if (this.size === size) return;
    for (const table of [this.objects, this.strings, this.names] as Map<unknown, number>[]) {
      for (const [key, index] of table) if (index >= size) table.delete(key);
    }
    this.shape.length = 0;
    this.size = size;
  }

  /** A memo that stays as this one is now. */
  copy(): Memo {
    const copy = new Memo();
    for (const [object, index] of this.objects) copy.objects.set(object, index);
    for (const [text, index] of this.strings) copy.strings.set(text, index);
    for (const [name, index] of this.names) copy.names.set(name, index);
    copy.size = this.size;
    return copy;
  }
}
