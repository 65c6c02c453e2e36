/**
 * Does tasks with one engine, in a process of its own so that no other's garbage counts: a task and a file a line, the CPU
 * seconds that it took back (all threads of the engine's runtime), or `NaN` for a task that the engine has not.
 *
 * `worker.ts ferry|libxml2-wasm|htmlparser2|saxes|txml|parse-xml|fast-xml-parser|xmldom|linkedom`
 */
import process from "node:process";
import type { Element } from "@ferry/std/markup";
import { XPath } from "@ferry/std/markup/xpath";
import { iterparseSync, parse, serializeBytes, XmlParser } from "@ferry/std/markup/xml";
import { load, NAMESPACES, type Task } from "./engines.ts";

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
  if (task === "events") {
    return () => {
      let total = 0;
      const target = {
        start: (tag: string) => void (total += tag.length),
        data: (text: string) => void (total += text.length),
        close: () => total,
      };
      const parser = new XmlParser({ target });
      parser.feed(bytes);
      return parser.close();
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

function cpu(action: () => unknown): number {
  const start = process.cpuUsage();
  action();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

const { name, engine } = Deno.args[0] === "ferry"
  ? { name: "ferry", engine: ferry }
  : await load(Deno.args[0]);
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
