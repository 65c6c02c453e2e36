/** A tuple on its way between agents: an array would arrive without its mark. */
export class TupleBox {
  readonly items: readonly unknown[];

  /** @param items What is in it. */
  constructor(items: readonly unknown[]) {
    this.items = items;
  }
}
