/**
 * Fuzzes `pickle.loads` and `marshal.loads`: `deno run -A tests/fuzz/pickle.ts [--seed N] [--rounds N] [--only NAME]`.
 *
 * First come inputs made to cost much, see `_attacks.ts`; then random ones.
 *
 * Inputs are mutated from pickles and marshalled values of random Python values; an input that does something new (another
 * error, another pair of instructions next to each other) becomes a parent of later ones. Each must give a value of known
 * classes or the format's own error, within 50 ms and 64 MiB, and leave all prototypes alone. Prints what it found, with
 * the bytes, and exits with 1 if there was anything.
 */
import { dumps, loads, MarshallingError, UnmarshallingError } from "@ferry/std/persist/marshal";
import * as pickle from "@ferry/std/persist/pickle";
import { Random } from "../_support/random.ts";
import { randomLiteral } from "../_support/random_literals.ts";
import { pickleVectors } from "../_support/pickle_vectors.ts";
import { attacks } from "./_attacks.ts";
import { lookAround, realPickles } from "./_real.ts";
import { mutate } from "./_mutate.ts";
import { Watch } from "./_watch.ts";

function argument(name: string, fallback: number): number {
  const at = Deno.args.indexOf(`--${name}`);
  const value = at < 0 ? fallback : Number(Deno.args[at + 1]);
  if (!Number.isSafeInteger(value)) throw new TypeError(`--${name} needs an integer`);
  return value;
}

const seed = argument("seed", Math.floor(Math.random() * 2 ** 31));
const rounds = argument("rounds", 20_000);
const at = Deno.args.indexOf("--only");
const only = at < 0 ? "" : Deno.args[at + 1] ?? "";
const random = new Random(seed);
console.log(`fuzz: --seed ${seed} --rounds ${rounds}`);

/** What loaded values may be made of: plain JavaScript and the package's own types. */
const classes = [
  Object,
  Array,
  Map,
  Set,
  Uint8Array,
  Int8Array,
  Uint16Array,
  Int16Array,
  Uint32Array,
  Int32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
  Float16Array,
  Error,
  Temporal.Duration,
  Temporal.PlainDate,
  Temporal.PlainDateTime,
  Temporal.PlainTime,
  Temporal.ZonedDateTime,
  ...Object.values(pickle).filter((value): value is typeof Object =>
    typeof value === "function" && typeof value.prototype === "object"
  ),
];
const watch = new Watch({ milliseconds: 50, bytes: 64 * 2 ** 20 }, classes);

interface Target {
  readonly name: string;
  readonly corpus: Uint8Array[];
  readonly codes: readonly number[];
  readonly load: (bytes: Uint8Array) => unknown;
  readonly isExpected: (error: unknown, bytes: Uint8Array) => boolean;
  /** What tells inputs apart besides their outcome. */
  readonly shape: (bytes: Uint8Array) => string;
}

function pickleShape(bytes: Uint8Array): string {
  const codes: number[] = [];
  try {
    for (const { opcode } of pickle.genops(bytes)) if (codes.push(opcode.code) >= 2000) break;
  } catch {
    // The shape is that of the instructions before the damage.
  }
  return [...new Set(codes.map((code, i) => (codes[i - 1] ?? 0) * 256 + code))].sort().join();
}

const literals = Array.from({ length: 400 }, () => randomLiteral(random, 4).value);
const pickleOptions: readonly pickle.LoadOptions[] = [
  {},
  { mode: "plain" },
  { unknown: "opaque" },
  { dicts: "map", bytes: "view" },
  { encoding: "bytes", persistentLoad: (id) => id },
];

const targets: readonly Target[] = [
  {
    name: "pickle.loads",
    corpus: [
      ...pickleVectors().map((vector) => vector.pickle).filter((bytes) => bytes.length < 4000),
      ...literals.slice(0, 120).map((value, i) => pickle.dumps(value, { protocol: i % 6 })),
    ],
    codes: "IJKMLSTUBCNVXFG]ael)td}su02(1ghjpqrcRbio.PQ".split("").map((c) => c.charCodeAt(0))
      .concat(Array.from({ length: 25 }, (_, i) => 0x80 + i)),
    load: (bytes) => pickle.loads(bytes, pickleOptions[random.below(pickleOptions.length)]),
    isExpected: (error, bytes) =>
      error instanceof pickle.UnpicklingError
        ? Number.isInteger(error.position)
        : bytes.length === 0 && error instanceof Deno.errors.UnexpectedEof,
    shape: pickleShape,
  },
  {
    name: "pickle.loads of real pickles",
    corpus: await realPickles(),
    codes: "(KMJX)}]tubes0qhr\x85\x86\x87\x8c\x93\x94R\x81".split("").map((c) => c.charCodeAt(0)),
    load: (bytes) => {
      const value = pickle.loads(bytes, pickleOptions[random.below(pickleOptions.length)]);
      lookAround(value);
      return value;
    },
    isExpected: (error) =>
      error instanceof pickle.UnpicklingError || error instanceof Deno.errors.UnexpectedEof,
    shape: pickleShape,
  },
  {
    name: "pickle.globals of real pickles",
    corpus: await realPickles(),
    codes: "(KMJX)}]tubes0qhr\x85\x86\x87\x8c\x93\x94R\x81".split("").map((c) => c.charCodeAt(0)),
    load: (bytes) => pickle.globals(bytes, { damaged: "list" }),
    isExpected: (error) => error instanceof Deno.errors.UnexpectedEof,
    shape: pickleShape,
  },
  {
    name: "marshal.loads",
    corpus: literals.map((value, i) => dumps(value, { version: i % 6 })),
    codes: [..."0NFTS.iIlfgxystuaAzZ()[{<>:cr"].flatMap((c) => [
      c.charCodeAt(0),
      c.charCodeAt(0) | 0x80,
    ]),
    load: (bytes) => loads(bytes, { mode: random.below(4) === 0 ? "plain" : "exact" }),
    isExpected: (error) => error instanceof UnmarshallingError && error.position >= 0,
    shape: (bytes) => String(Math.min(6, bytes.length >> 3)),
  },
  {
    name: "marshal.dumps of what marshal.loads gave",
    corpus: literals.map((value) => dumps(value)),
    codes: [..."NFTi[{()<>r0"].map((c) => c.charCodeAt(0) | (c === "0" ? 0 : 0x80)),
    load: (bytes) => {
      let value: unknown;
      try {
        value = loads(bytes);
      } catch {
        return undefined;
      }
      return loads(dumps(value));
    },
    isExpected: (error) => error instanceof MarshallingError,
    shape: (bytes) => String(bytes.length >> 4),
  },
];

let faults = 0;
const reported = new Set<string>();
for (const { name, format, bytes } of attacks()) {
  const target = targets.find((target) => target.name === `${format}.loads`)!;
  const seen = watch.run(
    () => target.load(bytes),
    (error) => target.isExpected(error, bytes),
    bytes.length,
  );
  console.log(
    `${format}, ${name}, ${bytes.length} bytes: ${seen.milliseconds.toFixed(1)} ms, ` +
      `${(seen.bytes / 2 ** 20).toFixed(1)} MiB, ${seen.fault ?? seen.outcome}`,
  );
  if (seen.fault !== undefined) faults++;
}

for (const target of targets) {
  if (!target.name.startsWith(only)) continue;
  const seen = new Set<string>();
  const outcomes = new Set<string>();
  const { corpus } = target;
  if (corpus.length === 0) continue;
  let slowest = 0;
  let largest = 0;
  for (let round = 0; round < rounds; round++) {
    const parent = corpus[random.below(corpus.length)]!;
    const input = round < corpus.length && round < 500
      ? corpus[round]!
      : mutate(random, parent, corpus[random.below(corpus.length)]!, target.codes);
    const { outcome, fault, milliseconds, bytes } = watch.run(
      () => target.load(input),
      (error) => target.isExpected(error, input),
    );
    slowest = Math.max(slowest, milliseconds);
    largest = Math.max(largest, bytes);
    outcomes.add(outcome);
    // Of each fault one input is enough.
    if (fault !== undefined && !reported.has(outcome)) {
      faults++;
      reported.add(outcome);
      console.log(`${target.name}: ${fault}\n  input: ${input.toHex().slice(0, 2000)}`);
      if (faults >= 40) Deno.exit(1);
    }
    const key = `${outcome}/${target.shape(input)}`;
    if (!seen.has(key) && input.length < 4000 && corpus.length < 20_000) {
      seen.add(key);
      corpus.push(input);
    }
  }
  console.log(
    `${target.name}: ${rounds} inputs, ${corpus.length} kept, ${outcomes.size} outcomes, slowest ` +
      `${slowest.toFixed(1)} ms, most memory ${(largest / 2 ** 20).toFixed(1)} MiB`,
  );
}
console.log(faults === 0 ? "no faults" : `${faults} faults`);
Deno.exit(faults === 0 ? 0 : 1);
