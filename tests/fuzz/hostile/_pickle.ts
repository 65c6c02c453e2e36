/** Makes pickles that ask for as much work as possible. */
import { sharedRegistry } from "@ferry/std/persist/pickle";
import type { Job } from "../../_support/limited.ts";
import { bytes, get, little, put, text, times } from "../../_support/pickle_bytes.ts";
import type { Random } from "../../_support/random.ts";
import { ARGUMENTS, atom, PAYLOADS, SMALL, upTo } from "./_parts.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** An input and how it is to be read; `recipe` says what it is made of. */
export interface Attack {
  readonly job: Job;
  readonly bytes: Bytes;
  readonly recipe: string;
}

/** Longest input. */
export const LONGEST = 100_000;

/** What is registered in the child, besides the standard library. */
const APP: readonly (readonly [string, string])[] = [
  ["app", "Plain"],
  ["app", "wrap"],
  ["app", "LIMITS"],
  ["app", "call"],
  ["app", "Color"],
];

const NAMES: readonly (readonly [string, string])[] = [...sharedRegistry().names(), ...APP];
const KINDS = Object.keys(PAYLOADS);

/** Builds one pickle: payloads in the memo, then one or two steps many times. */
export class PickleAttacks {
  readonly #random: Random;
  #said: string[] = [];
  /** Payloads of this pickle by kind: their memo numbers. */
  #memo: Map<string, number> = new Map();
  #parts: Bytes[] = [];
  #size = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  next(): Attack {
    const random = this.#random;
    this.#said = [];
    this.#memo = new Map();
    this.#parts = [bytes(0x80, random.pick([0, 2, 4, 4, 4, 5]))];
    this.#size = 2;
    const longest = random.below(4) === 0 ? upTo(random, LONGEST) : LONGEST;
    this.#add(bytes("]"));
    const steps = 1 + random.below(2);
    for (let step = 1; step <= steps; step++) {
      const most = Math.floor(longest * (step / steps));
      const body = this.#step(Math.floor((most - this.#size) * random.next()));
      const room = most - this.#size - 2;
      if (room < body.length) continue;
      this.#add(times(Math.floor(room / body.length), body));
    }
    let input = bytes(...this.#parts, ".");
    if (random.below(12) === 0) input = this.#damaged(input);
    return { job: this.#job(), bytes: input, recipe: this.#said.join("; ") };
  }

  #job(): Job {
    const random = this.#random;
    if (random.below(20) === 0) return { format: "tools", how: "loads" };
    const options: Record<string, unknown> = {
      mode: random.pick(["natural", "natural", "exact", "plain"]),
    };
    if (random.below(2) === 0) options.unknown = "opaque";
    if (random.below(4) === 0) options.dicts = "map";
    if (random.below(8) === 0) options.bytes = "view";
    if (random.below(8) === 0) options.encoding = random.pick(["latin1", "bytes", "utf-8"]);
    const how = random.pick(["loads", "loads", "loads", "load", "loadAll"] as const);
    return { format: "pickle", how, chunk: upTo(random, LONGEST), options };
  }

  #damaged(input: Bytes): Bytes {
    const random = this.#random;
    for (let i = 0; i < 1 + random.below(4); i++) {
      input[random.below(input.length)] = random.below(256);
    }
    this.#said.push("damaged");
    return input;
  }

  #add(part: Bytes): void {
    this.#parts.push(part);
    this.#size += part.length;
  }

  /** A payload, memoized the first time, as an instruction that pushes it. */
  #payload(kind: string, size: number): Bytes {
    const small = SMALL[kind];
    const known = this.#memo.get(kind);
    if (known !== undefined) return get(known);
    const index = this.#memo.size;
    const made = small ??
      PAYLOADS[kind]!(this.#random, Math.max(4, upTo(this.#random, Math.max(4, size))));
    this.#add(bytes(made, put(index), "0"));
    this.#memo.set(kind, index);
    this.#said.push(`${kind} of ${made.length}`);
    return get(index);
  }

  #argument(kind: string, size: number): Bytes {
    if (kind === ".") return atom(this.#random);
    return this.#payload(kind === "_" ? this.#random.pick(KINDS) : kind, size);
  }

  /** The arguments of a call, as a tuple. */
  #arguments(name: string, size: number): Bytes {
    const random = this.#random;
    const known = ARGUMENTS[name];
    if (known !== undefined && random.below(5) > 0) {
      const kinds = random.pick(known);
      return bytes("(", ...kinds.map((kind) => this.#argument(kind, size / kinds.length)), "t");
    }
    if (random.below(4) === 0) {
      return this.#payload(random.pick(["tuple", "tuple of one text"]), size);
    }
    const count = random.below(4);
    return bytes(
      "(",
      ...Array.from(
        { length: count },
        () => this.#argument(random.pick(["_", "_", "."]), size / count),
      ),
      "t",
    );
  }

  #name(): { key: string; push: Bytes } {
    const [module, name] = this.#random.pick(NAMES);
    const key = `${module} ${name}`;
    let index = this.#memo.get(key);
    if (index === undefined) {
      index = this.#memo.size;
      this.#memo.set(key, index);
      this.#add(bytes(text(module), text(name), bytes(0x93), put(index), "0"));
    }
    this.#said.push(key);
    return { key, push: get(index) };
  }

  /** A call; what it makes may become the payload of the next. */
  #call(size: number): Bytes {
    const random = this.#random;
    const { key, push } = this.#name();
    const args = this.#arguments(key, size);
    const how = random.below(8);
    if (how === 0) return bytes(push, args, 0x81);
    if (how === 1) return bytes(push, args, "}", 0x92);
    if (how === 2) return bytes("(", push, args.slice(1, -1), "o");
    return bytes(push, args, "R");
  }

  /** One instruction sequence that leaves the stack as it was, or one object higher. */
  #step(size: number): Bytes {
    const random = this.#random;
    const kind = random.below(14);
    const keep = random.pick(["a", "0", "0"]) === "a" ? bytes("a") : bytes("0");
    const end = keep[0] === 0x61 ? bytes("a") : bytes("0");
    switch (kind) {
      case 0:
      case 1:
      case 2:
        return bytes(this.#call(size), end);
      case 3: { // The result becomes the payload that it was made of.
        const made = this.#call(size);
        const target = random.below(Math.max(1, this.#memo.size));
        this.#said.push(`fed back into ${target}`);
        return bytes(made, put(target), "0");
      }
      case 4: { // A state for each of many objects, or for one.
        const { push } = this.#name();
        const state = this.#argument("_", size);
        this.#said.push("BUILD");
        return bytes(push, ")", random.pick([0x81, "R"]), state, "b", end);
      }
      case 5: { // Items for an object that a call has made.
        const made = this.#call(size / 2);
        const item = this.#argument("_", size / 2);
        const how = random.pick([["", "a"], ["(", "e"], ["(", 0x90]] as const);
        this.#said.push("items");
        return bytes(made, how[0], item, how[1], end);
      }
      case 6: { // Keys: large, compound, many.
        const part = this.#argument("_", size);
        const key = random.pick([
          bytes(part),
          bytes(part, 0x85),
          bytes(part, part, 0x86),
          bytes("(", part, bytes(0x91)),
          bytes(part, "M", little(random.below(65536), 2), 0x86),
        ]);
        this.#said.push("key");
        const into = this.#container();
        return into.set
          ? bytes(get(into.at), "(", key, 0x90, "0")
          : bytes(get(into.at), key, "Ns0");
      }
      case 7: { // Names.
        const name = this.#argument(random.pick(["text", "."]), Math.min(size, 5000));
        this.#said.push("names");
        return bytes(name, text("a".repeat(upTo(random, 2000))), 0x93, end);
      }
      case 8: { // Attributes of attributes.
        const index = this.#memo.size;
        this.#memo.set(`attribute ${index}`, index);
        this.#add(bytes(text("some"), text("name"), 0x93, put(index), "0"));
        const attribute = this.#payload("text", upTo(random, 2000));
        this.#said.push("attributes");
        return bytes(
          text("builtins"),
          text("getattr"),
          0x93,
          get(index),
          attribute,
          0x86,
          "R",
          put(index),
          "0",
        );
      }
      case 9: // Memo entries far apart, and dicts that become maps.
        this.#said.push("memo");
        return bytes(
          "}",
          "r",
          little(random.below(2 ** 31), 4),
          random.pick([bytes("K\0Ns"), bytes("(K\0Nu"), bytes(text("a"), "Ns")]),
          end,
        );
      case 10: // Lines of protocol 0.
        this.#said.push("lines");
        return bytes(this.#line(upTo(random, Math.max(2, size))), end);
      case 11: // Marks, copies and what takes all of them.
        this.#said.push("stack");
        return bytes(
          "(",
          this.#argument("_", size),
          times(upTo(random, 3000), bytes("2")),
          random.pick(["t", "l", "d", "1N", 0x91]),
          end,
        );
      case 12: { // Small pickles one after another.
        this.#said.push("small pickles");
        return bytes(this.#argument("_", size), ".", 0x80, 4, "]");
      }
      default: { // Anything.
        const soup = Array.from({ length: 1 + random.below(12) }, () => random.pick(SOUP));
        this.#said.push("soup");
        return bytes(this.#argument("_", size), ...soup.map((c) => bytes(c, "N")));
      }
    }
  }

  /** A dict, map, set or plain set in the memo. */
  #container(): { at: number; set: boolean } {
    const at = this.#memo.size;
    const set = this.#random.below(2) === 0;
    this.#memo.set(`container ${at}`, at);
    // A key that is no text makes a map of a dict before anything refers to it.
    this.#add(set ? bytes(0x8f, put(at), "0") : bytes("}K\0Ns", put(at), "0"));
    return { at, set };
  }

  #line(size: number): Bytes {
    const random = this.#random;
    const filler = random.pick([
      "1",
      "9",
      "x",
      "\\",
      "\\x41",
      "\\u0041",
      ".",
      "e",
      "é",
      " ",
      "-",
      "0",
    ]);
    const body = filler.repeat(Math.max(1, size / filler.length | 0));
    return random.pick([
      bytes("I", body, "\n"),
      bytes("L", body, "L\n"),
      bytes("F", body, "\n"),
      bytes("S'", body, "'\n"),
      bytes("V", body, "\n"),
      bytes("c", body, "\n", body, "\n"),
      bytes("P", body, "\n"),
      bytes("Ng", body, "\n"),
      bytes("Np", body, "\n"),
      bytes("(i", body, "\n", body, "\n"),
    ]);
  }
}

const SOUP = [
  ..."(012NRabdeilopqrstu)]}Q",
  ...[0x81, 0x85, 0x86, 0x87, 0x88, 0x8f, 0x90, 0x91, 0x92, 0x93, 0x94, 0x95, 0x97, 0x98],
];
