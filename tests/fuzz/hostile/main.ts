/**
 * Attacks both readers: `deno task fuzz:hostile [--seed N] [--minutes M] [--inputs N]`.
 *
 * Every input of up to 100 KB is made to cost much: large objects that stand in the memo, or are copied on the stack, are
 * passed to each registered class and function again and again, as arguments, states, items and parts of keys. Each is read
 * in a child process and must end there within a second of processor time and 256 MiB, with a value or the reader's own
 * error. Prints what did not, and exits with 1 if there was anything.
 */
import { run } from "./_run.ts";

function argument(name: string, fallback: number): number {
  const at = Deno.args.indexOf(`--${name}`);
  const value = at < 0 ? fallback : Number(Deno.args[at + 1]);
  if (!(value >= 0)) throw new TypeError(`--${name} needs a number`);
  return value;
}

const seed = argument("seed", Math.floor(Math.random() * 2 ** 31));
const minutes = argument("minutes", 1);
const inputs = argument("inputs", Infinity);
console.log(`hostile: --seed ${seed} --minutes ${minutes}`);
const end = Date.now() + minutes * 60_000;
const found = await run(seed, (count) => count < inputs && Date.now() < end);
for (const fault of found.faults) console.log(fault);
console.log(
  `${found.inputs} inputs, slowest ${found.slowest} ms, largest ${found.largest.toFixed()} MiB, ` +
    `${JSON.stringify(found.outcomes)}`,
);
console.log(found.faults.length === 0 ? "no faults" : `${found.faults.length} faults`);
Deno.exit(found.faults.length === 0 ? 0 : 1);
