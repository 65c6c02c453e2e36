// docs/from-python.md, row by row: what stands on the right side runs, and does what the left side does.
import { assert, assertEquals } from "@std/assert";
import { DATA } from "./_data.ts";
import { IPC } from "./_ipc.ts";
import { NET } from "./_net.ts";

const ROWS = [...IPC, ...NET, ...DATA];
const text = await Deno.readTextFile(new URL("../../../docs/from-python.md", import.meta.url));
const table = text.split("\n").filter((line) => line.startsWith("|")).slice(2)
  .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()) as [string, string]);

/** A text without what formatting changes. */
const bare = (text: string): string => text.replace(/\s+|;|,(?=\s*[)\]}])/g, "");

Deno.test("each row of docs/from-python.md is run, and what runs is what is written there", () => {
  assertEquals(table.map(([python]) => python), ROWS.map(({ python }) => python));
  for (const [i, { ferry, python, instead = {} }] of ROWS.entries()) {
    const run = bare(ferry.toString());
    const pieces = [...table[i]![1].matchAll(/`([^`]+)`/g)].map(([, code]) => code!);
    // Names of modules, and members, are no code by themselves.
    for (const piece of pieces.filter((code) => !/^[a-z]+\/[a-z-]+$/.test(code))) {
      const written = bare(instead[piece] ?? piece);
      assert(run.includes(written), `${python}: ${piece} is not what is run`);
    }
  }
});

for (const { python, ferry } of ROWS) {
  Deno.test(`from Python: ${python}`, async () => void await ferry());
}
