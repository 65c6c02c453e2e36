/**
 * Parses pages with one parser: reads a list of paths, prints the best times of CPU as JSON. A process of its own, so that
 * neither the memory nor the compiled code of the others counts.
 */
import process from "node:process";

const [name = "", input = ""] = Deno.args;
const { pages: paths, big: bigPath, cold: coldPath, rounds } = JSON.parse(input);

async function parserOf(): Promise<(bytes: Uint8Array) => unknown> {
  const decoder = new TextDecoder();
  switch (name) {
    case "ferry": {
      const { parse } = await import("@ferry/std/markup/html");
      return (bytes) => parse(bytes);
    }
    case "parse5": {
      const { parse } = await import("npm:parse5@8.1.1");
      return (bytes) => parse(decoder.decode(bytes));
    }
    case "htmlparser2": {
      const { parseDocument } = await import("npm:htmlparser2@12.0.0");
      return (bytes) => parseDocument(decoder.decode(bytes));
    }
    default: {
      const { DOMParser } = await import("@b-fuze/deno-dom");
      return (bytes) => new DOMParser().parseFromString(decoder.decode(bytes), "text/html");
    }
  }
}

function cpu(work: () => unknown): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1000;
}

const parse = await parserOf();
const pages: Uint8Array[] = paths.map((path: string) => Deno.readFileSync(path));
const cold = Deno.readFileSync(coldPath);
const began = performance.now();
parse(cold);
const first = performance.now() - began;
// Without rounds, the first parse is all that is asked for.
if (rounds > 0) {
  const big = Deno.readFileSync(bigPath);
  const best = (work: () => unknown) =>
    Math.min(...Array.from({ length: rounds }, () => cpu(work)));
  const many = best(() => pages.forEach((page) => parse(page)));
  let kept: unknown;
  const one = best(() => kept = parse(big));
  const peak = Deno.memoryUsage().rss;
  console.log(
    JSON.stringify({ cold: first, pages: many, big: one, peak, kept: kept !== undefined }),
  );
} else console.log(JSON.stringify({ cold: first }));
