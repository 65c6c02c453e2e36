/** Finds what two sequences have in common. */

/** A part that is the same in both. */
export interface Match {
  /** Where it begins in the old sequence. */
  before: number;
  /** Where it begins in the new one. */
  after: number;
  /** How long it is. */
  length: number;
}

/** Edits after which the search for the best way through a part ends, and the best one so far is taken. */
const MOST_EDITS = 256;

/**
 * Myers, "An O(ND) difference algorithm and its variations" (1986), with linear memory: finds a point on a shortest way, and
 * goes on with the parts before and behind it. The search for a point ends after {@linkcode MOST_EDITS}, so that the time is at
 * most in proportion to the length, and only very different parts are compared less well.
 */
class Search {
  readonly #a: Int32Array;
  readonly #b: Int32Array;
  readonly #forward: Int32Array;
  readonly #backward: Int32Array;
  readonly #offset: number;

  constructor(a: Int32Array, b: Int32Array) {
    this.#a = a;
    this.#b = b;
    this.#offset = b.length + 1;
    this.#forward = new Int32Array(a.length + b.length + 3);
    this.#backward = new Int32Array(a.length + b.length + 3);
  }

  /** Calls back for each pair that is the same, in no order. */
  run(same: (a: number, b: number) => void): void {
    const [a, b] = [this.#a, this.#b];
    const parts: number[][] = [[0, a.length, 0, b.length]];
    for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
      let [aLow, aHigh, bLow, bHigh] = part as [number, number, number, number];
      while (aLow < aHigh && bLow < bHigh && a[aLow] === b[bLow]) same(aLow++, bLow++);
      while (aLow < aHigh && bLow < bHigh && a[aHigh - 1] === b[bHigh - 1]) same(--aHigh, --bHigh);
      if (aLow === aHigh || bLow === bHigh) continue;
      const [x, y] = this.#middle(aLow, aHigh, bLow, bHigh);
      parts.push([aLow, x, bLow, y], [x, aHigh, y, bHigh]);
    }
  }

  /** A point between the corners through which a way goes. Neither first nor last elements are the same. */
  #middle(aLow: number, aHigh: number, bLow: number, bHigh: number): [number, number] {
    const [a, b, forward, backward] = [this.#a, this.#b, this.#forward, this.#backward];
    const offset = this.#offset;
    // Diagonals: x - y.
    const [least, most] = [aLow - bHigh, aHigh - bLow];
    const [start, end] = [aLow - bLow, aHigh - bHigh];
    const odd = ((start - end) & 1) !== 0;
    let [fLow, fHigh, bkLow, bkHigh] = [start, start, end, end];
    forward[offset + start] = aLow;
    backward[offset + end] = aHigh;
    for (let edits = 1;; edits++) {
      if (fLow > least) forward[offset + --fLow - 1] = -1;
      else fLow++;
      if (fHigh < most) forward[offset + ++fHigh + 1] = -1;
      else fHigh--;
      for (let d = fHigh; d >= fLow; d -= 2) {
        const [below, above] = [forward[offset + d - 1]!, forward[offset + d + 1]!];
        let x = below >= above ? below + 1 : above;
        let y = x - d;
        while (x < aHigh && y < bHigh && a[x] === b[y]) {
          x++;
          y++;
        }
        forward[offset + d] = x;
        if (odd && d >= bkLow && d <= bkHigh && backward[offset + d]! <= x) return [x, y];
      }
      if (bkLow > least) backward[offset + --bkLow - 1] = 0x7fff_ffff;
      else bkLow++;
      if (bkHigh < most) backward[offset + ++bkHigh + 1] = 0x7fff_ffff;
      else bkHigh--;
      for (let d = bkHigh; d >= bkLow; d -= 2) {
        const [below, above] = [backward[offset + d - 1]!, backward[offset + d + 1]!];
        let x = below < above ? below : above - 1;
        let y = x - d;
        while (x > aLow && y > bLow && a[x - 1] === b[y - 1]) {
          x--;
          y--;
        }
        backward[offset + d] = x;
        if (!odd && d >= fLow && d <= fHigh && x <= forward[offset + d]!) return [x, y];
      }
      if (edits >= MOST_EDITS) return this.#best(fLow, fHigh, aHigh, bHigh);
    }
  }

  /** The point that the search came farthest to from the start. */
  #best(low: number, high: number, aHigh: number, bHigh: number): [number, number] {
    let [bestX, bestY] = [0, 0];
    for (let d = low; d <= high; d += 2) {
      const x = Math.min(this.#forward[this.#offset + d]!, aHigh);
      const y = Math.min(x - d, bHigh);
      if (x + y > bestX + bestY && x - y === d) [bestX, bestY] = [x, y];
    }
    return [bestX, bestY];
  }
}

/** Elements that the other sequence has too, and where they were. */
function common(sequence: readonly number[], other: ReadonlySet<number>): [Int32Array, number[]] {
  const places = [...sequence.keys()].filter((at) => other.has(sequence[at]!));
  return [Int32Array.from(places, (at) => sequence[at]!), places];
}

/**
 * The parts that two sequences have in common.
 *
 * @param before The old sequence.
 * @param after The new one.
 * @returns The parts, in order, without those that are there by chance.
 */
export function matchesOf(before: readonly string[], after: readonly string[]): Match[] {
  const ids = new Map<string, number>();
  const idOf = (key: string): number => {
    let id = ids.get(key);
    if (id === undefined) ids.set(key, id = ids.size);
    return id;
  };
  const [a, b] = [before.map(idOf), after.map(idOf)];
  // What only one of them has can be no part of a match.
  const [aIds, aPlaces] = common(a, new Set(b));
  const [bIds, bPlaces] = common(b, new Set(a));
  const partner = new Int32Array(a.length).fill(-1);
  new Search(aIds, bIds).run((x, y) => partner[aPlaces[x]!] = bPlaces[y]!);
  const matches: Match[] = [];
  partner.forEach((to, from) => {
    if (to === -1) return;
    const last = matches.at(-1);
    if (
      last !== undefined && last.before + last.length === from && last.after + last.length === to
    ) {
      last.length++;
    } else matches.push({ before: from, after: to, length: 1 });
  });
  // One or two words that are the same, between others that are not, say nothing.
  const chance = Math.min(2, Math.min(a.length, b.length) / 4);
  return matches.filter(({ before: x, after: y, length }) =>
    length > chance || (x === 0 && y === 0) ||
    (x + length === a.length && y + length === b.length)
  );
}
