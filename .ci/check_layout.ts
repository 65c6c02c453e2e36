/** Checks the layout of all source files; part of `deno task lint`. See `layout.ts` for the rules. */
import { ROOT } from "./entries.ts";
import { problemsOf } from "./layout.ts";
import { readGraph } from "./module_graph.ts";

/** Folders with source files. `links/` is left out: its files are named as the packages they stand for are. */
const FOLDERS = ["ipc", "net", "persist", "formats", "markup", "tests", "bench", "examples", ".ci"];

async function* sourcesIn(folder: string): AsyncGenerator<string> {
  try {
    for await (const { name, isDirectory } of Deno.readDir(`${ROOT}${folder}`)) {
      const path = `${folder}/${name}`;
      if (isDirectory) yield* sourcesIn(path);
      else if (name.endsWith(".ts")) yield path;
    }
  } catch (error) {
    // An area that is not there yet.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

const files = ["mod.ts"];
for (const folder of FOLDERS) files.push(...await Array.fromAsync(sourcesIn(folder)));
const problems = problemsOf(await readGraph(new URL("..", import.meta.url), files.sort()));
for (const problem of problems) console.error(problem);
Deno.exit(problems.length === 0 ? 0 : 1);
