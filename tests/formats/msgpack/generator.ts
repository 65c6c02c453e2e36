// Random values and bytes that can be replayed from a seed.

import { Ext, Timestamp } from "@ferry/std/formats/msgpack";
import type { Random } from "../../_support/random.ts";

const WORDS = ["id", "name", "a", "", "tags", "né", "ключ", "🍺", "x".repeat(31), "y".repeat(40)];
const EDGES = [0, 1, 31, 32, 33, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 2147483647];

export function randomBytes(random: Random, size: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: size }, () => random.below(256));
}

export function randomText(random: Random): string {
  const length = random.pick([0, 1, 3, 8, 9, 20, 31, 32, 63, 64, 65, 120, 255, 256, 600]);
  const alphabet = random.pick(["abc xyz.", "aé", "a中b", "🍺a", "aé中🍺"]);
  const points = [...alphabet];
  return Array.from({ length }, () => random.pick(points)).join("").slice(0, length * 2);
}

export function randomInteger(random: Random): number | bigint {
  const edge = random.pick(EDGES) + random.below(3) - 1;
  switch (random.below(4)) {
    case 0:
      return edge;
    case 1:
      return -edge || 0;
    case 2:
      return random.pick([2 ** 32, 2 ** 53 - 1, -(2 ** 53) + 1, 2 ** 31, -(2 ** 31) - 1]);
    default:
      return random.pick([2n ** 53n, 2n ** 63n, 2n ** 64n - 1n, -(2n ** 63n), -(2n ** 53n)]);
  }
}

/** Any value that survives a round trip with `maps: "map"`. */
export function randomValue(random: Random, depth: number = 4): unknown {
  switch (random.below(depth === 0 ? 8 : 10)) {
    case 0:
      return random.pick([null, true, false]);
    case 1:
    case 2:
      return randomInteger(random);
    case 3:
      return random.pick([0.5, -0, Infinity, -Infinity, 1e300, 2 ** 60, random.next()]);
    case 4:
    case 5:
      return randomText(random);
    case 6:
      return randomBytes(random, random.pick([0, 1, 2, 4, 8, 16, 17, 255, 256]));
    case 7:
      return random.below(2) === 0
        ? new Ext(random.below(128), randomBytes(random, random.pick([0, 1, 2, 3, 4, 8, 16, 17])))
        : new Timestamp(
          random.pick([0, 1, -1, 2 ** 32 - 1, 2 ** 32, 2 ** 34 - 1, 2 ** 34, -(2n ** 63n)]),
          random.pick([0, 1, 999_999_999]),
        );
    case 8:
      return Array.from(
        { length: random.pick([0, 1, 3, 15, 16]) },
        () => randomValue(random, depth - 1),
      );
    default:
      return new Map(Array.from(
        { length: random.pick([0, 1, 3, 15, 16, 17]) },
        (_, i) => [randomKey(random, i), randomValue(random, depth - 1)],
      ));
  }
}

function randomKey(random: Random, index: number): string | number {
  return random.below(4) === 0 ? index * 300 - 5 : random.pick(WORDS) + index;
}
