import { assertEquals } from "@std/assert";

const plugin: Deno.lint.Plugin =
  (await import(new URL("../../.ci/lint_plugin.ts", import.meta.url).href)).default;

/** How many things the rule has against a function of this body. */
function found(body: string, filename = "ipc/kill_safe.ts"): number {
  const source = `export function step(a: Int32Array, i: number, n: number): unknown {\n${body}\n}`;
  return Deno.lint.runPlugin(plugin, filename, source)
    .filter(({ id }) => id === "ferry/kill-safe").length;
}

Deno.test("lint: a kill-safe step is one atomic operation and then plain reads and writes", () => {
  for (
    const body of [
      "a[i] = n; a[i + 1] = a[n]! << 2;",
      "Atomics.add(a, i, n); a[i] = 0;",
      "const before = Atomics.exchange(a, i, n); a[i] = 0; return before;",
      "const last = Atomics.sub(a, i, 1) === 1; if (last) a[i] = n; return last;",
      "if (Atomics.compareExchange(a, i, 0, n) !== 0) return false; a[i] = 0; return true;",
      "return Atomics.load(a, i);",
      "return n > 0 ? Atomics.add(a, i, 1) : 0;",
      "a[i] = n > 0 ? -n : a[0]!;",
    ]
  ) assertEquals(found(body), 0, body);
});

Deno.test("lint: a kill-safe step calls nothing else, nor twice, nor late", () => {
  for (
    const body of [
      "Atomics.add(a, i, 1); Atomics.sub(a, i, 1);",
      "Atomics.add(a, i, Atomics.load(a, n));",
      "a[i] = 0; Atomics.add(a, i, 1);",
      "Atomics.add(a, a[i] = 1, n);",
      "if (n > 0) Atomics.add(a, i, 1);",
      "Atomics.notify(a, i);",
      "Atomics.wait(a, i, n);",
      "Atomics[i](a, i, n);",
      "Atomics?.add(a, i, n);",
      "Math.max(i, n);",
      "a.fill(0);",
      "a[i] = (() => n)();",
      "a[i] = new Int32Array(1)[0]!;",
      "tag`text`;",
    ]
  ) assertEquals(found(body) > 0, true, body);
});

Deno.test("lint: a kill-safe step does not loop, nor run what may be an accessor or an iterator", () => {
  for (
    const body of [
      "while (n > 0) a[i] = 0;",
      "do a[i] = 0; while (n > 0);",
      "for (;;) a[i] = 0;",
      "for (const x of a) a[i] = x;",
      "for (const x in a) a[i] = 0;",
      "a.length;",
      'a["length"];',
      "const { length } = a;",
      "const [x] = a;",
      "[...a];",
      "`${a}`;",
      "try { a[i] = 0; } catch { a[i] = 1; }",
      "throw n;",
      "let x = 0;",
      "a[i]++;",
      "a[i] += 1;",
      "n = 1;",
      "function inner() {}",
      "class Inner {}",
      "a[i] = yes ? n : (n, 1);",
    ]
  ) assertEquals(found(body) > 0, true, body);
});

Deno.test("lint: kill_safe.ts has functions and constants and imports nothing; the rule is for that file", () => {
  const inFile = (source: string) =>
    Deno.lint.runPlugin(plugin, "ipc/kill_safe.ts", source).map(({ id }) => id);
  assertEquals(inFile("export const STATE = 0;"), []);
  for (
    const source of [
      'import { a } from "./errors.ts";',
      'export * from "./errors.ts";',
      "export let state = 0;",
      "export const state = make();",
      "function hidden(): void {}",
      "export class A {}",
      "export const step = (a: Int32Array) => a;",
      "export async function step(): Promise<void> {}",
      "export function* step(): Generator<void> {}",
      "export function step({ a }: { a: number }): number { return a; }",
      "export function step(a: number = make()): number { return a; }",
      "export function step(...a: number[]): number { return a; }",
    ]
  ) assertEquals(inFile(source).includes("ferry/kill-safe"), true, source);
  assertEquals(found("Math.max(i, n);", "ipc/memory/kill_safe.ts"), 0);
});
