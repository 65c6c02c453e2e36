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
  assertEquals(rules("ipc/sync/a.ts", `import "../../persist/mod.ts"; import "./b.ts";`), []);
  assertEquals(rules("mod.ts", `export * as ipc from "./ipc/mod.ts";`), []);
});

Deno.test("lint: import direction holds for every way to name a module", () => {
  for (
    const source of [
      "await import(`../net/mod.ts`);",
      "await import(`../net/${name}.ts`);",
      'await import("../net/mod.ts", { with: { type: "json" } });',
      'export type A = import("../net/mod.ts").A;',
      'export type B = typeof import("../net/mod.ts");',
      'export const c = (x: Array<import("../net/mod.ts").C>) => x;',
      'import net = require("../net/mod.ts");',
      'export import net = require("../net/mod.ts");',
      'import type { A } from "../net/mod.ts";',
      'export type { A } from "../net/mod.ts";',
    ]
  ) assertEquals(rules("persist/a.ts", source), ["ferry/import-direction"], source);
  for (
    const source of [
      "await import(`./b.ts`); await import(`./${name}.ts`); await import(`${name}`);",
      'await import(name); await import("node:" + name);',
      'export type A = import("./b.ts").A; export type B = import("node:fs").Stats;',
      'import b = require("./b.ts"); import c = b.c;',
      'const text = `import "../net/mod.ts"`;',
    ]
  ) assertEquals(rules("persist/a.ts", source), [], source);
  assertEquals(rules("tests/ipc/a_test.ts", 'type A = import("../../ipc/queue.ts").Queue;'), [
    "ferry/import-direction",
  ]);
});

Deno.test("lint: underscore files stay inside their folder", () => {
  assertEquals(rules("mod.ts", `export * from "./ipc/_agent.ts";`), ["ferry/import-direction"]);
  assertEquals(rules("mod.ts", `export { agent } from "./ipc/_agent.ts";`), [
    "ferry/import-direction",
  ]);
  assertEquals(rules("mod.ts", `export type A = import("./ipc/_agent.ts").A;`), [
    "ferry/import-direction",
  ]);
  assertEquals(rules("mod.ts", `import "./_version.ts"; export * from "./ipc/mod.ts";`), []);
  assertEquals(rules("ipc/a.ts", `type A = import("../persist/_b.ts").B;`), [
    "ferry/import-direction",
  ]);
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

Deno.test("lint: a plain Error is not even made in library code", () => {
  for (
    const source of [
      'throw new globalThis.Error("no");',
      'throw self["Error"]("no");',
      'throw Error("no");',
      'export const a = Promise.reject(new Error("no"));',
      'throw ready ? new Error("no") : new RangeError("no");',
      'throw reason ?? new Error("no");',
      'const e = new Error("no"); throw e;',
      'export const fail = () => new Error("no");',
    ]
  ) assertEquals(rules("ipc/a.ts", source), ["ferry/no-plain-error"], source);
  for (
    const source of [
      "export class A extends Error {}; throw new A();",
      'throw new Deno.errors.NotFound("no"); throw new errors.Error("no");',
      "export const is = (e: unknown) => e instanceof Error || Error.isError(e);",
      'export const make = (name: string) => new (classes.get(name) ?? Error)("no");',
    ]
  ) assertEquals(rules("ipc/a.ts", source), [], source);
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

Deno.test("lint: rooms import lower rooms only, types included", () => {
  const order = ["ferry/room-order"];
  assertEquals(rules("ipc/queue/core.ts", `import "../message/messages.ts";`), []);
  assertEquals(rules("ipc/queue/core.ts", `import "../kill_safe.ts"; import "./queue.ts";`), []);
  assertEquals(rules("ipc/memory/agent.ts", `import "../sync/lock.ts";`), order);
  assertEquals(rules("ipc/memory/agent.ts", `import type { L } from "../sync/lock.ts";`), order);
  assertEquals(rules("ipc/memory/agent.ts", `type L = import("../sync/lock.ts").L;`), order);
  assertEquals(rules("ipc/memory/agent.ts", `export * from "../mod.ts";`), order);
  assertEquals(rules("ipc/queue/queue.ts", `import "../pipe/connection.ts";`), order);
  assertEquals(rules("ipc/process/boot/start.ts", `import "../../queue/queue.ts";`), []);
  assertEquals(rules("ipc/cellar/a.ts", `import "../errors.ts";`), order);
  assertEquals(rules("ipc/mod.ts", `export * from "./queue/queue.ts";`), []);
  assertEquals(rules("ipc/pool/pool.ts", `import "../../net/mod.ts";`), []);
});
