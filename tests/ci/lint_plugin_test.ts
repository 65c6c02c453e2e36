import { assertEquals } from "@std/assert";

// Loaded by URL: the plugin is a tool of the repository, not a module of the package.
const plugin: Deno.lint.Plugin =
  (await import(new URL("../../.ci/lint_plugin.ts", import.meta.url).href)).default;

function rules(filename: string, source: string): string[] {
  return Deno.lint.runPlugin(plugin, filename, source).map((d) => d.id).sort();
}

Deno.test("lint: an area may import only what lies below it", () => {
  assertEquals(rules("net/a.ts", `import "../ipc/mod.ts";`), ["ferry/import-direction"]);
  assertEquals(rules("formats/csv/a.ts", `export * from "../../persist/mod.ts";`), [
    "ferry/import-direction",
  ]);
  assertEquals(rules("persist/a.ts", `await import("../net/mod.ts");`), ["ferry/import-direction"]);
  assertEquals(rules("ipc/a.ts", `import "../persist/mod.ts"; import "./b.ts";`), []);
  assertEquals(rules("mod.ts", `export * as ipc from "./ipc/mod.ts";`), []);
});

Deno.test("lint: underscore files stay inside their folder", () => {
  assertEquals(rules("formats/mod.ts", `import "./csv/_scan.ts";`), ["ferry/import-direction"]);
  assertEquals(rules("formats/csv/mod.ts", `import "./_scan.ts";`), []);
});

Deno.test("lint: tests, benchmarks and examples use the published names", () => {
  assertEquals(rules("tests/ipc/a_test.ts", `import "../../ipc/queue.ts";`), [
    "ferry/import-direction",
  ]);
  assertEquals(rules("tests/ipc/a_test.ts", `import "./_helper.ts";`), []);
  assertEquals(rules("bench/a.ts", `import "@ferry/std/ipc";`), []);
  assertEquals(rules("ipc/a.ts", `import "@ferry/std/net";`), ["ferry/import-direction"]);
});

Deno.test("lint: no private keyword, no plain Error, no console in library code", () => {
  assertEquals(rules("ipc/a.ts", `export class A { private x = 1; #y = 2; }`), [
    "ferry/no-private",
  ]);
  assertEquals(rules("ipc/a.ts", `throw new Error("no");`), ["ferry/no-plain-error"]);
  assertEquals(rules("ipc/a.ts", `throw new RangeError("no");`), []);
  assertEquals(rules("ipc/a.ts", `console.log(1);`), ["ferry/no-console"]);
  assertEquals(rules("examples/a.ts", `console.log(1); throw new Error("x");`), []);
});
