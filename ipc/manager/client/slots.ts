/**
 * Things by numbers that are used again once a thing is taken out: the calls that wait for their answers.
 *
 * It is no `Map`: the engine leaves a link to the new table in each one that a map has outgrown. Once one of those has grown old,
 * all that follow are kept, with what is in them, until the next full collection; a map through which much passes makes all
 * collections slow.
 */
export class Slots<T extends object> {
  readonly #things: (T | undefined)[];
  readonly #free: number[] = [];
  #size = 0;

  /** @param first The first number; those below are the caller's. */
  constructor(first: number) {
    this.#things = Array(first).fill(undefined);
  }

  /** How many things there are. */
  get size(): number {
    return this.#size;
  }

  /** The number that the next thing is given. */
  get next(): number {
    return this.#free.at(-1) ?? this.#things.length;
  }

  /** Adds a thing and gives its number. */
  add(thing: T): number {
    const number = this.#free.pop() ?? this.#things.length;
    this.#things[number] = thing;
    this.#size++;
    return number;
  }

  /** The thing of a number. */
  at(number: number): T | undefined {
    return this.#things[number];
  }

  /** Takes a thing out. */
  take(number: number): T | undefined {
    const thing = this.#things[number];
    if (thing === undefined) return undefined;
    this.#things[number] = undefined;
    this.#free.push(number);
    this.#size--;
    return thing;
  }

  /** Takes all things out. */
  takeAll(): T[] {
    const things: T[] = [];
    for (let number = 0; number < this.#things.length; number++) {
      const thing = this.take(number);
      if (thing !== undefined) things.push(thing);
    }
    return things;
  }
}
