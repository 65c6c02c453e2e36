/**
 * Does tasks with one engine, in a process of its own so that no other's garbage counts: a task and a file a line, the CPU
 * seconds that it took back (all threads of the engine's runtime), or `NaN` for a task that the engine has not.
 *
 * `worker.ts ferry|libxml2-wasm|htmlparser2`
 */
import process from "node:process";
import type { Element } from "@ferry/std/markup";
import { XPath } from "@ferry/std/markup/xpath";
import { iterparseSync, parse, serializeBytes } from "@ferry/std/markup/xml";

type Task = "parse" | "walk" | "serialize" | "iterparse" | "memory" | `xpath:${string}`;

/** What the prefix of queries stands for. */
const NAMESPACES = { o: "http://example.org/" };

/** Prepares a task: what is returned does it. */
type Engine = (task: Task, bytes: Uint8Array, path: string) => (() => unknown) | undefined;

const roots = new Map<string, Element>();

function walk(root: Element): number {
  let total = 0;
  for (const element of root.iter()) total += element.tag.length + (element.text?.length ?? 0);
  return total;
}

function ferry(task: Task, bytes: Uint8Array, path: string): () => unknown {
  if (task === "parse") return () => parse(bytes);
  if (task === "iterparse") {
    return () => {
      for (const [, element] of iterparseSync(bytes)) element.clear();
    };
  }
  let root = roots.get(path);
  if (root === undefined) roots.set(path, root = parse(bytes));
  if (task.startsWith("xpath:")) {
    const query = new XPath(task.slice(6), { namespaces: NAMESPACES });
    return () => query.evaluate(root);
  }
  return task === "walk" ? () => walk(root) : () => serializeBytes(root);
}

async function load(name: string | undefined): Promise<{ name: string; engine: Engine }> {
  if (name === "libxml2-wasm") {
    const { XmlDocument } = await import("npm:libxml2-wasm@0.7.2");
    const trees = new Map<string, InstanceType<typeof XmlDocument>>();
    return {
      name: "libxml2-wasm 0.7.2",
      engine: (task, bytes, path) => {
        if (task === "parse") return () => XmlDocument.fromBuffer(bytes).dispose();
        if (task !== "serialize" && !task.startsWith("xpath:")) return undefined;
        const tree = trees.get(path) ?? XmlDocument.fromBuffer(bytes);
        trees.set(path, tree);
        if (task !== "serialize") return () => tree.eval(task.slice(6), NAMESPACES);
        return () => tree.toString({ format: false });
      },
    };
  }
  if (name === "htmlparser2") {
    const { parseDocument } = await import("npm:htmlparser2@12.0.0");
    return {
      name: "htmlparser2 12.0.0",
      engine: (task, bytes) =>
        task === "parse"
          ? () => parseDocument(new TextDecoder().decode(bytes), { xmlMode: true })
          : undefined,
    };
  }
  return { name: "ferry", engine: ferry };
}

function cpu(action: () => unknown): number {
  const start = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

const { name, engine } = await load(Deno.args[0]);
console.log(name);
const files = new Map<string, Uint8Array>();
let rest = "";
for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  const lines = (rest + text).split("\n");
  rest = lines.pop()!;
  for (const line of lines) {
    // A query may have spaces.
    const space = line.lastIndexOf(" ");
    const [task, path] = [line.slice(0, space) as Task, line.slice(space + 1)];
    const bytes = files.get(path) ?? Deno.readFileSync(path);
    files.set(path, bytes);
    if (task === "memory") {
      // The code is made before, as it is in lxml.
      parse("<a b='c'>d<!--e--><?f g?></a>");
      const before = Deno.memoryUsage().rss;
      roots.set(path, parse(bytes));
      console.log(Deno.memoryUsage().rss - before);
      continue;
    }
    const action = engine(task, bytes, path);
    console.log(action === undefined ? NaN : cpu(action));
  }
}
