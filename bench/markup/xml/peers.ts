/**
 * XML beside lxml and what npm has, in one run: documents of 5 MB, warm, each engine in a process of its own, the CPU time of
 * that (the helpers of a runtime included). Rounds alternate, a figure is the best of its rounds, a ratio how many times as
 * long the other one takes. Rows that are lost stay in the table. `cold` is the first document of a process.
 *
 * `deno run -A bench/markup/xml/peers.ts [--rounds=7] [--document=data]` writes bench/results/xml.json, of one document beside the
 * rows that are there of the others; `FERRY_LXML_PYTHON` names a Python with lxml.
 */
import { fileURLToPath } from "node:url";
import { documents } from "./documents.ts";
import { NAMES } from "./engines.ts";
import { CONFIG } from "../../config.ts";
import { option } from "../../option.ts";
import { about, saveJson } from "../../save.ts";

const rounds = Number(option("rounds") ?? 7);
const TASKS = ["parse", "walk", "serialize", "iterparse", "events"];
/** Queries of XPath, by document. */
const QUERIES: Readonly<Record<string, readonly string[]>> = {
  data: [
    "//record[flag]/name",
    "//record[price > 50]/@id",
    "count(//record[position() mod 3 = 0])",
  ],
  attributes: ['//o:tag[@k="name"]/@v', "//o:node[o:tag[2]]", 'count(//o:tag[@k="name"]/..)'],
  real: ["//*[@name]", "//*[not(*)][contains(., 'a')]", "count(//*[following-sibling::*])"],
};
/** Rounds for an engine to get warm. */
const WARM = 8;

/** Milliseconds of an engine for one task after which it is not asked again. */
const SPENT = 1000;

/** An engine in its process. */
class Engine {
  name = "";
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: AsyncIterator<string>;

  constructor(command: string, args: string[]) {
    this.#child = new Deno.Command(command, { args, stdin: "piped", stdout: "piped" }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#lines = (async function* (stream: ReadableStream<Uint8Array<ArrayBuffer>>) {
      let rest = "";
      for await (const text of stream.pipeThrough(new TextDecoderStream())) {
        const lines = (rest + text).split("\n");
        rest = lines.pop()!;
        yield* lines;
      }
    })(this.#child.stdout);
  }

  static async start(command: string, args: string[]): Promise<Engine> {
    const engine = new Engine(command, args);
    engine.name = await engine.#line();
    return engine;
  }

  async #line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done) throw new TypeError("The process of an engine has ended");
    return value;
  }

  async run(task: string, path: string): Promise<number> {
    await this.#writer.write(new TextEncoder().encode(`${task} ${path}\n`));
    return Number(await this.#line());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close();
    await this.#child.status;
  }
}

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const python = Deno.env.get("FERRY_LXML_PYTHON") ?? "/usr/bin/python3";
const lxml = () => Engine.start(python, [here("lxml_worker.py")]);
const own = (name: string) =>
  Engine.start(Deno.execPath(), ["run", "-A", ...CONFIG, here("worker.ts"), name]);

const folder = await Deno.makeTempDir({ prefix: "ferry-bench-" });
const only = option("document");
const all = documents().filter(({ name }) => only === undefined || name === only);
const pathOf = (name: string) => `${folder}/${name}.xml`;
for (const { name, bytes } of all) await Deno.writeFile(pathOf(name), bytes);

/** What was measured, for bench/results. */
const results: { document: string; task: string; unit: string; figures: Record<string, number> }[] =
  [];

function row(document: string, task: string, figures: [string, number][], unit: string): void {
  results.push({
    document,
    task,
    unit,
    figures: Object.fromEntries(figures.map(([name, figure]) => [name, Number(figure.toFixed(1))])),
  });
  const [[, ours]] = figures as [[string, number]];
  const cells = figures.map(([name, figure], index) =>
    `${name} ${figure.toFixed(1)} ${unit}${index === 0 ? "" : ` (${(figure / ours).toFixed(2)}x)`}`
  );
  console.log(`${document.padEnd(11)}${task.padEnd(10)} ${cells.join("   ")}`);
}

console.log(`Deno ${Deno.version.deno}, V8 ${Deno.version.v8}, ${rounds} rounds`);
{
  await using ferry = await own("ferry");
  await using python = await lxml();
  await using stack = new AsyncDisposableStack();
  const engines = [ferry, python];
  for (const name of NAMES) engines.push(stack.use(await own(name)));
  for (const { name } of all) {
    for (const task of [...TASKS, ...QUERIES[name]!.map((query) => `xpath:${query}`)]) {
      const best = new Map(engines.map((engine) => [engine.name, Infinity]));
      const spent = new Map<Engine, number>();
      for (let round = 0; round < rounds + WARM; round++) {
        for (const engine of engines) {
          const before = best.get(engine.name)!;
          // An engine that is slow is warm, too, and its best round known.
          const used = spent.get(engine) ?? 0;
          if (Number.isNaN(before) || used > SPENT) continue;
          const milliseconds = await engine.run(task, pathOf(name)) * 1000;
          spent.set(engine, used + milliseconds);
          if (Number.isNaN(milliseconds)) best.set(engine.name, NaN);
          else if (round >= WARM || used + milliseconds > SPENT) {
            best.set(engine.name, Math.min(before, milliseconds));
          }
        }
      }
      row(name, task, [...best].filter(([, figure]) => Number.isFinite(figure)), "ms");
    }
  }
}
for (const task of ["cold", "memory"]) {
  for (const { name } of all) {
    await using ferry = await own("ferry");
    await using python = await lxml();
    const figures: [string, number][] = [];
    for (const engine of [ferry, python]) {
      const figure = await engine.run(task === "cold" ? "parse" : task, pathOf(name));
      figures.push([engine.name, task === "cold" ? figure * 1000 : figure / 1e6]);
    }
    row(name, task, figures, task === "cold" ? "ms" : "MB");
  }
}
await Deno.remove(folder, { recursive: true });
await saveJson("xml.json", { ...await about(), rounds, rows: results });
