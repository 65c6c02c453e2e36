/**
 * Runs selectors with one engine, in a process of its own: a path, then a selector a line; the CPU seconds and the number of
 * results back, `NaN` for a selector that the engine does not know.
 *
 * `worker.ts ferry|css-select|linkedom|jsdom`
 */
import process from "node:process";

/** What linkedom makes, as far as it is used here. */
interface Queryable {
  querySelectorAll(selector: string): { length: number };
}

/** Compiles a selector: what is returned runs it. */
type Engine = (selector: string) => () => { length: number };

async function load(name: string | undefined, text: () => string): Promise<[string, Engine]> {
  switch (name) {
    case "css-select": {
      const { compile, selectAll } = await import("npm:css-select@7.0.0");
      const { parseDocument } = await import("npm:htmlparser2@12.0.0");
      const document = parseDocument(text());
      return ["css-select 7.0.0 on htmlparser2 12.0.0", (selector) => {
        const compiled = compile(selector);
        return () => selectAll(compiled, document);
      }];
    }
    case "linkedom": {
      const { parseHTML } = await import("npm:linkedom@0.18.15");
      const { document } = parseHTML(text()) as unknown as { document: Queryable };
      return ["linkedom 0.18.15", (selector) => () => document.querySelectorAll(selector)];
    }
    default: {
      const { Selector } = await import("@ferry/std/markup/css");
      const { parse } = await import("@ferry/std/markup/html");
      const page = parse(text());
      return ["ferry", (selector) => {
        const compiled = new Selector(selector);
        return () => compiled.select(page);
      }];
    }
  }
}

let engine: [string, Engine] | undefined;
const compiled = new Map<string, () => { length: number }>();

function answer(selector: string): string {
  try {
    let run = compiled.get(selector);
    if (run === undefined) compiled.set(selector, run = engine![1](selector));
    const start = process.cpuUsage();
    const found = run();
    const { user, system } = process.cpuUsage(start);
    return `${(user + system) / 1e6} ${found.length}`;
  } catch {
    return "NaN 0";
  }
}

let rest = "";
for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  const lines = (rest + text).split("\n");
  rest = lines.pop()!;
  for (const line of lines) {
    if (engine === undefined) {
      engine = await load(Deno.args[0], () => Deno.readTextFileSync(line));
      console.log(engine[0]);
    } else console.log(answer(line));
  }
}
