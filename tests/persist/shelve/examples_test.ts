/** The examples on shelves, run with the permissions that they name. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { Folder } from "./_places.ts";
import { pythonWith } from "./_pythons.ts";
import { hasRedis, RedisServer } from "../../_support/redis_server.ts";

async function run(example: string, flags: string[], args: string[], cwd: string): Promise<string> {
  const path = fileURLToPath(new URL(`../../../examples/shelf/${example}`, import.meta.url));
  const config = fileURLToPath(new URL("../../../deno.json", import.meta.url));
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--config", config, ...flags, path, ...args],
    cwd,
    env: { NO_COLOR: "1" },
  }).output();
  if (!success) throw new TypeError(`${example} failed: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}

Deno.test("example 1, a to-do list, keeps what it was told", async () => {
  await using folder = new Folder();
  const todo = (...args: string[]) =>
    run(
      "01_todo_list.ts",
      ["--allow-read=.", "--allow-write=."],
      ["todo.shelf", ...args],
      folder.path,
    );
  assertEquals(await todo("add", "buy", "tea"), "added 1\n");
  assertEquals(await todo("add", "sleep"), "added 2\n");
  await todo("done", "1");
  const lines = (await todo("list")).replaceAll(/\(since [\d-]+\)/g, "(since today)");
  assertEquals(lines, "[x] 1 buy tea (since today)\n[ ] 2 sleep (since today)\n");
  await todo("clean");
  assertEquals(await todo("done", "7"), "there is no item 7\n");
  assertStringIncludes(await todo(), "[ ] 2 sleep");
});

const EXPECTED = `asked 2 times for 6 forecasts
Lisbon: none
Lisbon: 18 degrees
Lisbon: none
asked 3 times for 7 forecasts
`;

Deno.test("example 2, a cache, forgets and says so", async () => {
  await using folder = new Folder();
  assertEquals(await run("02_cache.ts", [], [], folder.path), EXPECTED);
});

if (hasRedis("example 2 on Redis")) {
  Deno.test("example 2, a cache, does the same on Redis", async () => {
    await using folder = new Folder();
    await using server = await RedisServer.start();
    const flags = [`--allow-net=127.0.0.1:${server.port}`];
    assertEquals(await run("02_cache.ts", flags, [server.url], folder.path), EXPECTED);
  });
}

const python = pythonWith("dbm.sqlite3");
if (python !== undefined) {
  Deno.test("example 4, a shelf of Python and Deno, shows what the other has written", async () => {
    await using folder = new Folder();
    const flags = ["--allow-read", "--allow-write", "--allow-run"];
    assertEquals(
      await run("04_python.ts", flags, [python], folder.path),
      `Deno has written [ "assam" ]
  Python reads assam {'grams': 250, 'opened': datetime.date(2026, 2, 28)}
It is a file of kind "sqlite"
  Deno reads assam 238 2026-02-28
  Deno reads sencha 100 2026-05-01
`,
    );
  });
}

Deno.test("the tour's chapter on shelves ends with what Python reads", async () => {
  await using folder = new Folder();
  const output = await run("tour.ts", ["-A"], [python ?? "no python"], folder.path);
  assertStringIncludes(output, "visits: 10\ncopied: 4 entries\n");
  assertStringIncludes(output, python === undefined ? "not here" : "'primes': [2, 3, 5, 7]");
});
