/**
 * Compares dumps and loads with CPython's C pickler and with npm's pickleparser, in alternating rounds of one run:
 * `deno run -A bench/persist/pickle_vs_cpython.ts [rounds] [--save]`. Times are medians of the rounds; ratios below 1 are
 * faster than CPython. `FERRY_PYTHONS` names the interpreter, `--save` writes bench/results/pickle.json.
 */
import { fileURLToPath } from "node:url";
import { dumps, loads } from "@ferry/std/persist/pickle";
import { median } from "../median.ts";
import { about, saveJson } from "../save.ts";

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

const rounds = Number(Deno.args.find((arg) => /^\d+$/.test(arg)) ?? 7);
const parse = await peer();
const command = (Deno.env.get("FERRY_PYTHONS") ?? "python3").split(":")[0]!;
const { stdout } = await new Deno.Command(command, { args: ["--version"] }).output();
const version = new TextDecoder().decode(stdout).trim().split(" ")[1]!;
const python = new Python(command);
const rows: { task: string; figures: Record<string, number> }[] = [];

for (const [name, make] of Object.entries(WORKLOADS)) {
  const value = make();
  const bytes = dumps(value);
  const times: Record<"dumps" | "loads", Record<string, number[]>> = {
    dumps: { ferry: [], [`CPython ${version}`]: [] },
    loads: { ferry: [], [`CPython ${version}`]: [] },
  };
  if (parse) times.loads["pickleparser 0.2.1"] = [];
  // The first round warms up, and is not counted.
  for (let round = 0; round <= rounds; round++) {
    for (const task of ["dumps", "loads"] as const) {
      const measured: Record<string, number> = {
        [`CPython ${version}`]: await python.time(task, name),
        ferry: time(() => task === "dumps" ? dumps(value) : loads(bytes)),
      };
      if (parse && task === "loads") measured["pickleparser 0.2.1"] = time(() => parse(bytes));
      if (round === 0) continue;
      for (const [who, milliseconds] of Object.entries(measured)) {
        times[task][who]!.push(milliseconds);
      }
    }
  }
  for (const [task, figures] of Object.entries(times)) {
    rows.push({
      task: `${task}, ${name}`,
      figures: Object.fromEntries(
        Object.entries(figures).map(([who, all]) => [who, Number(median(all).toFixed(2))]),
      ),
    });
  }
}
await python.close();
console.table(Object.fromEntries(rows.map(({ task, figures }) => {
  const ratios = Object.entries(figures).filter(([who]) => who !== "ferry")
    .map((
      [who, milliseconds],
    ) => [`ferry / ${who}`, (figures["ferry"]! / milliseconds).toFixed(2)]);
  return [task, { ...figures, ...Object.fromEntries(ratios) }];
})));
const note = { ...await about(), python: version, rounds, unit: "ms", rows };
await saveJson("pickle.json", note);
