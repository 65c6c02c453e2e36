import { assert, assertEquals } from "@std/assert";

type Graph = ReadonlyMap<string, readonly string[]>;
const { problemsOf, prefixOf } = await import(
  new URL("../../.ci/layout.ts", import.meta.url).href
) as {
  problemsOf(graph: Graph, declared?: readonly { folder: string; because: string }[]): string[];
  prefixOf(file: string): string;
};
const { cyclesOf, importsOf } = await import(
  new URL("../../.ci/module_graph.ts", import.meta.url).href
) as {
  cyclesOf(graph: Graph): string[][];
  importsOf(source: string): string[];
};

const graph = (imports: Record<string, string[]>): Graph => new Map(Object.entries(imports));

Deno.test("layout: every way to name a module is seen, and none that is a comment or a text", () => {
  assertEquals(
    importsOf(`
/** import { no } from "./no.ts"; */
import { a } from "./a.ts";
import type { B } from "../b.ts";
import "./c.ts";
import {
  type D,
  e,
} from "./d.ts";
export * from "./e.ts";
export { f } from "./f.ts";
// import "./no.ts";
const g = await import("./g.ts");
let h: import("./h.ts").H;
export const text = 'from "./no.ts"';
import { npm } from "npm:yaml";
export const worker = new URL("./no.ts", import.meta.url);
`).sort(),
    [..."acdefgh"].map((name) => `./${name}.ts`).concat("../b.ts").sort(),
  );
});

Deno.test("layout: cycles are found, however long and whatever hangs on them", () => {
  assertEquals(cyclesOf(graph({ a: ["b"], b: ["c"], c: [] })), []);
  assertEquals(cyclesOf(graph({ a: ["a"] })), [["a"]]);
  assertEquals(
    cyclesOf(graph({ x: ["a"], a: ["b"], b: ["c"], c: ["a", "y"], y: ["z"], z: ["y"] })),
    [["y", "z"], ["a", "b", "c"]],
  );
  assertEquals(cyclesOf(graph({ a: ["b", "c"], b: ["d"], c: ["d"], d: [] })), []);
});

Deno.test("layout: a cycle is a problem unless it is declared, and so is a declaration without one", () => {
  const cycle = graph({ "ipc/a.ts": ["ipc/b.ts"], "ipc/b.ts": ["ipc/a.ts"] });
  assertEquals(problemsOf(cycle, []), ["Imports go in a circle: ipc/a.ts, ipc/b.ts"]);
  const declared = [{ folder: "ipc/", because: "a test" }];
  assertEquals(problemsOf(cycle, declared), []);
  assertEquals(problemsOf(graph({ "ipc/a.ts": [] }), declared).length, 1);
  const across = graph({ "ipc/a.ts": ["ipc/q/b.ts"], "ipc/q/b.ts": ["ipc/a.ts"] });
  assertEquals(problemsOf(across, declared).length, 2);
  const two = graph({
    "ipc/a.ts": ["ipc/b.ts"],
    "ipc/b.ts": ["ipc/a.ts"],
    "ipc/c.ts": ["ipc/d.ts"],
    "ipc/d.ts": ["ipc/c.ts"],
  });
  assertEquals(problemsOf(two, declared).length, 1);
});

Deno.test("layout: three files that begin alike make a folder, whatever else is in their names", () => {
  assertEquals(
    ["a/ring.ts", "a/_ring_reader.ts", "a/ring_test.ts", "ring.d.ts"].map(prefixOf),
    ["ring", "ring", "ring", "ring"],
  );
  const files = { "a/ring.ts": [], "a/_ring_reader.ts": [] };
  assertEquals(problemsOf(graph(files), []), []);
  assertEquals(problemsOf(graph({ ...files, "a/rings.ts": [], "b/ring_writer.ts": [] }), []), []);
  assertEquals(problemsOf(graph({ ...files, "a/ring_writer.ts": [] }), []).length, 1);
});

Deno.test("layout: a folder has at most 24 files, those of its folders not counted", () => {
  const files = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`a/f${i}.ts`, []]));
  assertEquals(problemsOf(graph({ ...files(24), "a/b/c.ts": [] }), []), []);
  assertEquals(problemsOf(graph(files(25)), []).length, 1);
});

Deno.test("layout: all sources of this repository keep the rules", async () => {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", ".ci/check_layout.ts"],
    cwd: new URL("../../", import.meta.url),
    stdout: "null",
    stderr: "piped",
  }).output();
  assert(success, new TextDecoder().decode(stderr));
});
