/**
 * XML beside lxml and what npm has, in one run: documents of 5 MB, warm, the CPU time of the process (the helpers of the
 * engine included), rounds alternate, a figure is the best of its rounds. Rows that are lost stay in the table.
 *
 * `deno run -A bench/markup/xml/peers.ts [--rounds=7]`; `FERRY_LXML_PYTHON` names a Python with lxml.
 */
import { fileURLToPath } from "node:url";
import process from "node:process";
import type { Element } from "@ferry/std/markup";
import { iterparseSync, parse, serializeBytes } from "@ferry/std/markup/xml";
import { parseDocument } from "npm:htmlparser2@12.0.0";
import { XmlDocument } from "npm:libxml2-wasm@0.7.2";
import { type Document, documents } from "./documents.ts";

const rounds = Number(Deno.args.find((arg) => arg.startsWith("--rounds="))?.slice(9) ?? 7);
const TASKS = ["parse", "walk", "serialize", "iterparse"] as const;
type Task = typeof TASKS[number];

/** Does a task, and gives the CPU seconds that it took. */
interface Engine {
  readonly name: string;
  run(task: Task, document: Document): Promise<number | undefined>;
}

function cpu(action: () => unknown): number {
  const start = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

const roots = new Map<string, Element>();

function walk(root: Element): number {
  let total = 0;
  for (const element of root.iter()) total += element.tag.length + (element.text?.length ?? 0);
  return total;
}

const ferry: Engine = {
  name: "ferry",
  run(task, { name, bytes }) {
    let root = roots.get(name);
    if (root === undefined) roots.set(name, root = parse(bytes));
    return Promise.resolve(cpu(() => {
      if (task === "parse") return parse(bytes);
      if (task === "walk") return walk(root);
      if (task === "serialize") return serializeBytes(root);
      for (const [, element] of iterparseSync(bytes)) element.clear();
    }));
  },
};

const libxml2: Engine = {
  name: "libxml2-wasm 0.7.2",
  run(task, { bytes }) {
    if (task === "parse") {
      return Promise.resolve(cpu(() => XmlDocument.fromBuffer(bytes).dispose()));
    }
    if (task !== "serialize") return Promise.resolve(undefined);
    using document = XmlDocument.fromBuffer(bytes);
    return Promise.resolve(cpu(() => document.toString({ format: false })));
  },
};

const htmlparser2: Engine = {
  name: "htmlparser2 12.0.0",
  run(task, { bytes }) {
    if (task !== "parse") return Promise.resolve(undefined);
    return Promise.resolve(
      cpu(() => parseDocument(new TextDecoder().decode(bytes), { xmlMode: true })),
    );
  },
};

/** Lines that a process writes. */
class Lxml implements Engine {
  name = "lxml";
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: AsyncIterator<string>;
  readonly #folder: string;

  constructor(command: string, folder: string) {
    this.#folder = folder;
    this.#child = new Deno.Command(command, {
      args: [fileURLToPath(new URL("lxml_worker.py", import.meta.url))],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
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

  async start(): Promise<void> {
    this.name = await this.#line();
  }

  async #line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done) throw new TypeError("The process of lxml has ended");
    return value;
  }

  async ask(task: string, name: string): Promise<number> {
    await this.#writer.write(new TextEncoder().encode(`${task} ${this.#folder}/${name}.xml\n`));
    return Number(await this.#line());
  }

  run(task: Task, { name }: Document): Promise<number> {
    return this.ask(task, name);
  }

  async close(): Promise<void> {
    await this.#writer.close();
    await this.#child.status;
  }
}

const folder = await Deno.makeTempDir({ prefix: "ferry-bench-" });
const all = documents();
for (const { name, bytes } of all) await Deno.writeFile(`${folder}/${name}.xml`, bytes);
const command = Deno.env.get("FERRY_LXML_PYTHON") ?? "/usr/bin/python3";
const lxml = new Lxml(command, folder);
await lxml.start();
const engines: Engine[] = [ferry, lxml, libxml2, htmlparser2];

console.log(
  `Deno ${Deno.version.deno}, V8 ${Deno.version.v8}, ${navigator.hardwareConcurrency} cores, ${rounds} rounds`,
);
for (const document of all) {
  for (const task of TASKS) {
    const best = new Map<Engine, number>();
    for (let round = 0; round < rounds + 3; round++) {
      for (const engine of engines) {
        const seconds = await engine.run(task, document);
        // The first rounds are for the engines to get warm.
        if (seconds === undefined || round < 3) continue;
        best.set(engine, Math.min(best.get(engine) ?? Infinity, seconds));
      }
    }
    const own = best.get(ferry)!;
    const rows = [...best].map(([{ name }, seconds]) =>
      `${name} ${(seconds * 1000).toFixed(1)} ms${
        name === "ferry" ? "" : ` (${(seconds / own).toFixed(2)}x)`
      }`
    );
    console.log(`${document.name.padEnd(11)}${task.padEnd(10)} ${rows.join("   ")}`);
  }
}
for (const { name } of all) {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", new URL("memory.ts", import.meta.url).href, `${folder}/${name}.xml`],
  }).output();
  const own = Number(new TextDecoder().decode(stdout).split(" ")[0]);
  const fresh = new Lxml(command, folder);
  await fresh.start();
  const theirs = await fresh.ask("memory", name);
  await fresh.close();
  console.log(
    `${name.padEnd(11)}memory     ferry ${(own / 1e6).toFixed(0)} MB   lxml ${
      (theirs / 1e6).toFixed(0)
    } MB`,
  );
}
await lxml.close();
await Deno.remove(folder, { recursive: true });
