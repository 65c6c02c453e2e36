/**
 * The budget of a read: what its bytes may make the reader copy and build.
 *
 * A few bytes can ask for much: one opcode or reference names a large object read before, and the next has it copied. Every
 * such copy is paid for before it is made. Each byte of the input pays for {@linkcode PER_BYTE} units, which is more than
 * what a value that is used once costs; what goes beyond is taken from the reader's `maxWork`.
 *
 * | what | units |
 * |---|---|
 * | a byte, a character | 1 |
 * | an item of a list or set | {@linkcode ITEM} |
 * | an entry of a dict, a property, with its key | {@linkcode ENTRY} |
 */

/** Units of one item of a container: about the bytes that it takes. */
export const ITEM = 64;

/** Units of one entry of a map or object. */
export const ENTRY = 128;

/** Units that each byte of the input pays for. An item takes a byte at least, an entry two. */
const PER_BYTE = 64;

/** The default of `maxWork`. */
export const MAX_WORK: number = 2 ** 25;

/** The budget of one reader. */
export class WorkBudget {
  readonly #most: number;
  readonly #refuse: (message: string) => never;
  #left = 0;

  /** `refuse` throws the reader's own error. */
  constructor(most: number, refuse: (message: string) => never) {
    this.#most = most;
    this.#refuse = refuse;
  }

  /** Starts to count anew, for an input of so many bytes. */
  begin(size: number): void {
    this.#left = this.#most + PER_BYTE * size;
  }

  /** Counts on, with so many bytes of input more. */
  extend(size: number): void {
    this.#left += PER_BYTE * size;
  }

  /** Pays for work that is about to be done. */
  spend(units: number): void {
    this.#left -= units;
    if (this.#left < 0) {
      this.#refuse(`it makes more work than its bytes account for, and than maxWork ${this.#most}`);
    }
  }
}

/** The budget of the read that is going on, which dictionaries and sets cannot be told of otherwise. */
let current: WorkBudget | undefined;

/** Makes a budget the current one, and returns the one that {@linkcode endWork} must bring back. */
export function beginWork(budget: WorkBudget): WorkBudget | undefined {
  const outer = current;
  current = budget;
  return outer;
}

/** Ends the time of the current budget. */
export function endWork(outer: WorkBudget | undefined): void {
  current = outer;
}

/** Pays out of the current budget; outside of reads, nothing is counted. */
export function spendWork(units: number): void {
  current?.spend(units);
}

/** What a copy of a value costs: of the value itself, not of what its items hold. */
export function copyCost(value: unknown): number {
  switch (typeof value) {
    case "string":
      return value.length;
    case "bigint":
      return bigintSize(value);
    case "object":
      return value === null ? 0 : objectCost(value);
    default:
      return 0;
  }
}

function objectCost(value: object): number {
  if (Array.isArray(value)) return value.length * ITEM;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return value.byteLength;
  if (value instanceof Set) return value.size * ITEM;
  if (value instanceof Map) return value.size * ENTRY;
  if (Object.getPrototypeOf(value) !== Object.prototype) return ITEM;
  return Object.keys(value).length * ENTRY;
}

/** Powers of two with 2^10, 2^11 ... bits. Comparing numbers of different lengths takes no time. */
const powers: [bigint, bigint][] = [];

/** The size of an integer in bytes, rounded up to a power of two, without going through its digits. */
export function bigintSize(value: bigint): number {
  for (let bits = 10; bits < 24; bits++) {
    const power = powers[bits - 10] ??= [1n << BigInt(2 ** bits), -1n << BigInt(2 ** bits)];
    if (value < power[0] && value > power[1]) return 2 ** bits / 8;
  }
  return value.toString(16).length / 2;
}
