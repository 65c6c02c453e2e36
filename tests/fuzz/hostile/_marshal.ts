/** Makes marshalled values that ask for as much work as possible. */
import { bytes, little, times } from "../../_support/pickle_bytes.ts";
import type { Random } from "../../_support/random.ts";
import { type Attack, LONGEST } from "./_pickle.ts";
import { upTo } from "./_parts.ts";

type Bytes = Uint8Array<ArrayBuffer>;

const FLAG = 0x80;
const code = (letter: string) => letter.charCodeAt(0);
const flagged = (letter: string, ...rest: (number[] | Bytes | string)[]) =>
  bytes(code(letter) | FLAG, ...rest);
const reference = (index: number) => bytes("r", little(index, 4));
const int = (value: number) => bytes("i", little(value, 4));

/** Large objects that take index 0. */
const PAYLOADS: Record<string, (random: Random, size: number) => Bytes> = {
  integer: (_, size) => flagged("l", little(size >> 1, 4), times(size >> 1, bytes(1, 1))),
  "negative integer": (_, size) =>
    flagged("l", little(-(size >> 1) >>> 0, 4), times(size >> 1, bytes(1, 1))),
  ascii: (_, size) => flagged("a", little(size, 4), "x".repeat(size)),
  text: (_, size) => flagged("u", little(size & ~1, 4), times(size >> 1, bytes(0xc3, 0xa9))),
  bytes: (_, size) => flagged("s", little(size, 4), new Uint8Array(size)),
  float: () => flagged("g", [0, 0, 0, 0, 0xf3, 0xcc, 0xe1, 0x7f]),
  tuple: (_, size) => flagged("(", little(size, 4), times(size, bytes("N"))),
  "deep tuple": (_, size) => bytes(times(Math.min(size, 1900), bytes(code(")") | FLAG, 1)), "N"),
  "graph of tuples": (random) => {
    const depth = 1 + random.below(60);
    // Each tuple holds the next one, and then a reference to it.
    const open = times(depth, bytes(code(")") | FLAG, 2));
    return bytes(
      open,
      bytes("N"),
      bytes("N"),
      ...Array.from({ length: depth - 1 }, (_, i) => reference(depth - 1 - i)),
    );
  },
  frozenset: (_, size) => {
    const count = Math.max(1, (size / 5) | 0);
    return flagged(">", little(count, 4), ...Array.from({ length: count }, (_, i) => int(i)));
  },
};

const KINDS = Object.keys(PAYLOADS);

/** Makes one marshalled value. */
export function marshalAttack(random: Random): Attack {
  const kind = random.pick(KINDS);
  const longest = random.below(4) === 0 ? upTo(random, LONGEST) : LONGEST;
  const payload = PAYLOADS[kind]!(random, Math.max(4, upTo(random, longest * 0.9)));
  const room = Math.max(0, longest - payload.length - 20);
  const said = [`${kind} of ${payload.length}`];
  let rest: Bytes;
  const parts = (size: number, each: (i: number) => Bytes) => {
    const count = Math.max(1, Math.floor(room / size));
    return { count, body: bytes(...Array.from({ length: count }, (_, i) => each(i))) };
  };
  switch (random.below(9)) {
    case 0: {
      said.push("keys of a dict");
      rest = bytes("{", parts(13, (i) => bytes(")", 2, int(i), reference(0), "N")).body, "0");
      break;
    }
    case 1: {
      said.push("elements of a set");
      const { count, body } = parts(12, (i) => bytes(")", 2, int(i), reference(0)));
      rest = bytes(random.pick(["<", ">"]), little(count, 4), body);
      break;
    }
    case 2: {
      said.push("dicts of one key");
      const { count, body } = parts(8, () => bytes("{", reference(0), "N0"));
      rest = bytes("[", little(count, 4), body);
      break;
    }
    case 3: {
      said.push("references");
      const { count, body } = parts(5, () => reference(0));
      rest = bytes(random.pick(["[", "(", "<", ">"]), little(count, 4), body);
      break;
    }
    case 4: {
      said.push("large integers of equal low bits");
      const { count, body } = parts(
        19,
        (i) =>
          bytes(
            "l",
            little(7, 4),
            little(0, 10),
            little(1 + (i & 0x3fff), 2),
            little(1 + (i >> 14), 2),
          ),
      );
      rest = random.below(2) === 0 ? bytes("<", little(count, 4), body) : bytes(
        "{",
        ...Array.from(
          { length: count },
          (_, i) => bytes(body.subarray(i * 19, i * 19 + 19), "N"),
        ),
        "0",
      );
      break;
    }
    case 5: {
      said.push("dicts that become maps");
      const { count, body } = parts(
        19,
        (i) => bytes("{", "z", 1, "a", "N", int(i), "Nz", 1, "b", "N0"),
      );
      rest = bytes("[", little(count, 4), body);
      break;
    }
    case 6: {
      said.push("texts of floats");
      const { count, body } = parts(
        257,
        () => bytes("f", 255, "1".repeat(254), random.pick(["1", "x", "."])),
      );
      rest = bytes("[", little(count, 4), body);
      break;
    }
    case 7: {
      said.push("slices as keys");
      rest = bytes(
        "{",
        parts(17, (i) => bytes(":", int(i), reference(0), reference(0), "N")).body,
        "0",
      );
      break;
    }
    default: {
      said.push("small containers");
      const { count, body } = parts(
        6,
        () => bytes(random.pick(["<", ">", "[", "("]), little(0, 4), ""),
      );
      rest = bytes("[", little(count, 4), body);
    }
  }
  const input = bytes(")", 2, payload, rest);
  if (random.below(12) === 0) {
    input[random.below(input.length)] = random.below(256);
    said.push("damaged");
  }
  const options: Record<string, unknown> = { mode: random.pick(["natural", "exact", "plain"]) };
  if (random.below(4) === 0) options.dicts = "map";
  const how = random.pick(["loads", "loads", "load"] as const);
  return {
    job: { format: "marshal", how, chunk: upTo(random, LONGEST), options },
    bytes: input,
    recipe: said.join("; "),
  };
}
