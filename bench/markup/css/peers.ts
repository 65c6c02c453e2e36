/**
 * CSS selectors beside cssselect with lxml, css-select on htmlparser2, and linkedom, in one run: one page of 5 MB, warm, each
 * engine in a process of its own with the tree of its own parser, the CPU time of that. Selectors are compiled where the engine
 * can. Rounds alternate, a figure is the best of its rounds, a ratio how many times as long the other one takes.
 *
 * `deno run -A bench/markup/css/peers.ts [--rounds=9]` writes bench/results/css.json; `FERRY_LXML_PYTHON` names a Python with lxml.
 */
import { fileURLToPath } from "node:url";
import { SELECTORS } from "./selectors.ts";
import { CONFIG } from "../../config.ts";
import { option } from "../../option.ts";
import { about, saveJson } from "../../save.ts";

const rounds = Number(option("rounds") ?? 9);
/** Rounds for an engine to get warm. */
const WARM = 6;
/** Seconds of an engine for one selector after which it is not asked again. */
const SPENT = 2;
const FOLDER = "/usr/share/doc";
const SIZE = 5e6;

/** An engine in its process. */
class Engine implements AsyncDisposable {
  name = "";
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reader: ReadableStreamDefaultReader<string>;
  #rest = "";

  constructor(command: string, args: string[]) {
    this.#child = new Deno.Command(command, { args, stdin: "piped", stdout: "piped" }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#reader = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  static async start(path: string, command: string, args: string[]): Promise<Engine> {
    const engine = new Engine(command, args);
    engine.name = await engine.ask(path);
    // What an engine calls itself comes before its first answer.
    return engine;
  }

  async ask(line: string): Promise<string> {
    await this.#writer.write(new TextEncoder().encode(`${line}\n`));
    while (!this.#rest.includes("\n")) {
      const { value, done } = await this.#reader.read();
      if (done) throw new TypeError("The process of an engine has ended");
      this.#rest += value;
    }
    const end = this.#rest.indexOf("\n");
    const answer = this.#rest.slice(0, end);
    this.#rest = this.#rest.slice(end + 1);
    return answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close();
    await this.#child.status;
    await this.#reader.cancel();
  }
}

function* pages(folder: string): Generator<string> {
  const entries = [...Deno.readDirSync(folder)].sort((a, b) => a.name < b.name ? -1 : 1);
  for (const { name, isDirectory, isFile } of entries) {
    if (isDirectory) yield* pages(`${folder}/${name}`);
    else if (isFile && name.endsWith(".html")) yield `${folder}/${name}`;
  }
}

/** One page: what is in the bodies of many. */
function bigPage(): string {
  const parts: string[] = [];
  let length = 0;
  for (const path of pages(FOLDER)) {
    if (length > SIZE) break;
    const text = Deno.readTextFileSync(path);
    if (text.length < 8000 || !path.includes("python")) continue;
    const body = /<body[^>]*>([^]*)<\/body>/i.exec(text)?.[1] ?? "";
    parts.push(`<div class="page">${body}</div>`);
    length += body.length;
  }
  return `<!DOCTYPE html><html><head><title>Pages</title></head><body>${
    parts.join("\n")
  }</body></html>`;
}

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const folder = await Deno.makeTempDir({ prefix: "ferry-bench-" });
const path = `${folder}/page.html`;
const text = bigPage();
if (text.length < 1e6) {
  console.log(`There are few pages in ${FOLDER}: install python3-doc`);
  Deno.exit(0);
}
await Deno.writeTextFile(path, text);
const python = Deno.env.get("FERRY_LXML_PYTHON") ?? "/usr/bin/python3";
const own = (name: string) =>
  Engine.start(path, Deno.execPath(), ["run", "-A", ...CONFIG, here("worker.ts"), name]);

const rows: { selector: string; found: number; figures: Record<string, number> }[] = [];
{
  await using ferry = await own("ferry");
  await using lxml = await Engine.start(path, python, [here("lxml_worker.py")]);
  await using cssSelect = await own("css-select");
  await using linkedom = await own("linkedom");
  const engines = [ferry, lxml, cssSelect, linkedom];
  console.log(
    `Deno ${Deno.version.deno}, V8 ${Deno.version.v8}, one page of ${
      (text.length / 1e6).toFixed(1)
    } MB, ${rounds} rounds`,
  );
  for (const selector of SELECTORS) {
    const best = new Map(engines.map(({ name }) => [name, Infinity]));
    let found = 0;
    const spent = new Map<Engine, number>();
    for (let round = 0; round < rounds + WARM; round++) {
      for (const engine of engines) {
        // An engine that is slow is warm, too, and its best round known.
        if ((spent.get(engine) ?? 0) > SPENT && best.get(engine.name) !== Infinity) continue;
        const [seconds, count] = (await engine.ask(selector)).split(" ").map(Number) as [
          number,
          number,
        ];
        if (engine === ferry) found = count;
        spent.set(engine, (spent.get(engine) ?? 0) + seconds);
        if (round >= WARM || seconds > SPENT) {
          best.set(engine.name, Math.min(best.get(engine.name)!, seconds * 1000));
        }
      }
    }
    const figures = Object.fromEntries(
      [...best].filter(([, figure]) => !Number.isNaN(figure))
        .map(([name, figure]) => [name, Number(figure.toFixed(3))]),
    );
    rows.push({ selector, found, figures });
    const ours = best.get(ferry.name)!;
    const cells = Object.entries(figures).map(([name, figure]) =>
      `${name} ${figure.toFixed(2)} ms${
        name === ferry.name ? "" : ` (${(figure / ours).toFixed(1)}x)`
      }`
    );
    console.log(`${selector.padEnd(30)} ${String(found).padStart(6)}  ${cells.join("   ")}`);
  }
}
await Deno.remove(folder, { recursive: true });
for (const name of Object.keys(rows[0]!.figures).slice(1)) {
  const ratios = rows.map(({ figures }) => figures[name]! / figures.ferry!).filter((one) =>
    one > 0
  );
  const mean = Math.exp(ratios.reduce((sum, one) => sum + Math.log(one), 0) / ratios.length);
  const total = rows.reduce((sum, { figures }) => sum + figures[name]!, 0) /
    rows.reduce((sum, { figures }) => sum + figures.ferry!, 0);
  console.log(
    `${name}: ${mean.toFixed(1)}x on the mean, ${total.toFixed(1)}x in all, least ${
      Math.min(...ratios).toFixed(1)
    }x`,
  );
}
await saveJson("css.json", { ...await about(), rounds, unit: "ms", rows });
