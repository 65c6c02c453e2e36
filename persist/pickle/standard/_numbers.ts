import { Decimal } from "../../types/numbers/decimal.ts";
import { Fraction } from "../../types/numbers/fraction.ts";
import { Uuid } from "../../types/objects/uuid.ts";
import { FreshText } from "../fresh_text.ts";
import { stateField } from "./_state.ts";
import type { Registry } from "../registry.ts";

/** Registers `decimal.Decimal`, `fractions.Fraction` and `uuid.UUID`. */
export function registerNumbers(registry: Registry): void {
  registry.register("decimal", "Decimal", {
    type: Decimal,
    load: ([text]) => new Decimal(decimalText(text)),
    loadPlain: ([text]) => new Decimal(decimalText(text)).text,
    dump: ({ text }) => ({ args: [new FreshText(text)] }),
  });
  registry.register("fractions", "Fraction", {
    type: Fraction,
    load: ([numerator, denominator]) => fraction(numerator, denominator),
    dump: ({ numerator, denominator }) => ({ args: [numerator, denominator] }),
  });
  registry.register("uuid", "UUID", {
    type: Uuid,
    load: () => new Uuid(0n),
    setState: (uuid, state) => {
      const { int } = new Uuid(BigInt(integer(stateField(state, "int"))));
      const isSafe = stateField(state, "is_safe");
      // The object is in the memo before its state is read: it is filled in, not replaced.
      Object.assign(uuid as { int: bigint; isSafe: unknown }, {
        int,
        isSafe: typeof isSafe === "number" ? isSafe : undefined,
      });
    },
    dump: ({ int, isSafe }) => ({
      isNew: true,
      state: isSafe === undefined ? { int } : { int, is_safe: isSafe },
    }),
  });
}

function decimalText(text: unknown): string {
  if (typeof text === "string") return text;
  throw new TypeError("a Decimal needs a string");
}

/** Two integers since Python 3.11, a text before. */
function fraction(numerator: unknown, denominator: unknown): Fraction {
  if (typeof numerator === "string") {
    const parts = /^(-?\d{1,4300})(?:\/(\d{1,4300}))?$/.exec(numerator);
    if (parts === null) throw new TypeError("a Fraction needs two integers");
    return new Fraction(BigInt(parts[1]!), BigInt(parts[2] ?? 1));
  }
  return new Fraction(integer(numerator), integer(denominator ?? 1));
}

function integer(value: unknown): number | bigint {
  if (typeof value === "bigint" || Number.isSafeInteger(value)) return value as number | bigint;
  throw new TypeError("an integer is needed");
}
