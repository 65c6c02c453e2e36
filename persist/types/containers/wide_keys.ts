import { spendWork } from "../../work.ts";

/** Units of one step along a chain: each goes to another place in memory. */
const LINK = 4;

/**
 * Pays for integer keys of more than 64 bits. The engine files an integer by its low 64 bits alone, so that those of equal
 * low bits (multiples of 2^64) stand in one chain, and each new one costs its length.
 */
export class WideKeys {
  readonly #chains: Map<bigint, number> = new Map();

  /** Pays for a look at the chain of a key. */
  visit(key: bigint): void {
    const length = this.#chains.get(BigInt.asUintN(64, key));
    if (length !== undefined) spendWork(length * LINK);
  }

  /** Pays for a new key, and notes it. */
  add(key: bigint): void {
    const low = BigInt.asUintN(64, key);
    const length = this.#chains.get(low) ?? 0;
    spendWork(length * LINK);
    this.#chains.set(low, length + 1);
  }
}
