/**
 * Compares dumps and loads with CPython's C pickler and with npm's pickleparser, in alternating rounds of one run:
 * `deno run -A bench/persist/pickle_vs_cpython.ts [rounds]`. Times are the best of the rounds; ratios below 1 are faster
 * than CPython. `FERRY_PYTHONS` names the interpreter.
 */
import { fileURLToPath } from "node:url";
import { dumps, loads } from "@ferry/std/persist/pickle";

const WORKLOADS: Record<string, () => unknown> = {
  "1e6 ints": () => Array.from({ length: 1_000_000 }, (_, i) => i),
  "dict 1e5 str -> float": () =>
    Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`key${i}`, i * 0.37 + 0.01])),
  "1e5 records of 5": () =>
    Array.from({ length: 100_000 }, (_, i) => ({
      id: i,
      name: `user${i}`,
      email: `user${i}@example.com`,
      score: i * 0.37 + 0.01,
      active: i % 2 === 0,
    })),
  "16 MB bytes": () => Uint8Array.from({ length: 1 << 24 }, (_, i) => i & 0xff),
  "1e5 unicode strings": () =>
    Array.from({ length: 100_000 }, (_, i) => `héllo wörld ${i} ünïcode`),
};

type Loader = (bytes: Uint8Array) => unknown;

/** npm's pickleparser 0.2.1, the fastest reader there was. */
async function peer(): Promise<Loader | undefined> {
  try {
    const specifier = "npm:pickleparser@0.2.1";
    const { Parser } = await import(specifier);
    return (bytes) => new Parser().parse(bytes);
  } catch (error) {
    console.log(`pickleparser: skipped, ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
}

class Python {
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: AsyncIterator<string>;

  constructor(command: string) {
    const child = new Deno.Command(command, {
      args: [fileURLToPath(new URL("./pickle_vs_cpython.py", import.meta.url))],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#writer = child.stdin.getWriter();
    this.#lines = lines(child.stdout);
  }

  async time(operation: string, workload: string): Promise<number> {
    await this.#writer.write(new TextEncoder().encode(`${operation} ${workload}\n`));
    const { value, done } = await this.#lines.next();
    if (done) throw new TypeError("Python ended");
    return Number(value);
  }

  async close(): Promise<void> {
    await this.#writer.close();
  }
}

async function* lines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop()!;
    yield* parts;
  }
}

function time(operation: () => unknown): number {
  const start = performance.now();
  operation();
  return performance.now() - start;
}

const rounds = Number(Deno.args[0] ?? 7);
const parse = await peer();
const python = new Python((Deno.env.get("FERRY_PYTHONS") ?? "python3").split(":")[0]!);
const rows: Record<string, Record<string, string>> = {};

for (const [name, make] of Object.entries(WORKLOADS)) {
  const value = make();
  const bytes = dumps(value);
  const best = {
    dumps: Infinity,
    loads: Infinity,
    cDumps: Infinity,
    cLoads: Infinity,
    peer: Infinity,
  };
  for (let round = 0; round < rounds; round++) {
    best.cDumps = Math.min(best.cDumps, await python.time("dumps", name));
    best.dumps = Math.min(best.dumps, time(() => dumps(value)));
    best.cLoads = Math.min(best.cLoads, await python.time("loads", name));
    best.loads = Math.min(best.loads, time(() => loads(bytes)));
    if (parse) best.peer = Math.min(best.peer, time(() => parse(bytes)));
  }
  const ms = (n: number) => n.toFixed(1);
  rows[name] = {
    "C dumps ms": ms(best.cDumps),
    "dumps ms": ms(best.dumps),
    "dumps / C": (best.dumps / best.cDumps).toFixed(2),
    "C loads ms": ms(best.cLoads),
    "loads ms": ms(best.loads),
    "loads / C": (best.loads / best.cLoads).toFixed(2),
    "pickleparser ms": ms(best.peer),
    "pickleparser / ours": (best.peer / best.loads).toFixed(1),
  };
}
await python.close();
console.table(rows);
