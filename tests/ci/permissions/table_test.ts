// docs/permissions.md, row by row: the flags are enough, and without any one of them the program is refused, clearly.
import { assert, assertEquals, assertMatch } from "@std/assert";
import { run } from "../../_support/program.ts";
import { hasRedis, RedisServer } from "../../_support/redis_server.ts";
import { KvConnectServer, TOKEN } from "../../persist/shelve/kv_connect/server.ts";
import { pythonWith, run as runPython } from "../../persist/shelve/_pythons.ts";
import { type Place, ROOT, type Row, ROWS } from "./_rows.ts";

const CONFIG = `${ROOT}deno.json`;

/** What a program says at its end: `done`, or its error. */
async function outcome(row: Row, place: Place, flags: string[]): Promise<string> {
  const stdin = `
    ${row.imports}
    try {
      ${row.program(place)}
      console.log("done");
    } catch (error) {
      console.log(error.name + ": " + error.message);
    }`;
  const env = { DENO_KV_ACCESS_TOKEN: TOKEN };
  const { out, err } = await run({ args: [...flags, "--config", CONFIG, "-"], stdin, env });
  return out.trim() || err;
}

/** Flags as one runs a program: folders to read are given together. */
function together(flags: string[]): string[] {
  const read = flags.filter((flag) => flag.startsWith("--allow-read="));
  if (read.length < 2) return flags;
  const folders = read.map((flag) => flag.slice("--allow-read=".length)).join();
  return [...flags.filter((flag) => !read.includes(flag)), `--allow-read=${folders}`];
}

/** What all programs work with. */
class Workshop implements AsyncDisposable {
  readonly #things = new AsyncDisposableStack();

  async open(): Promise<Place> {
    const folder = await Deno.realPath(await Deno.makeTempDir({ prefix: "ferry-permissions-" }));
    this.#things.defer(() => Deno.remove(folder, { recursive: true }));
    const handler = `export default ({ writer }) => { writer.write("hello"); };
      export const square = (n) => n * n;`;
    await Deno.writeTextFile(`${folder}/handler.js`, handler);
    await Deno.writeTextFile(`${folder}/data.json`, '{ "a": 1 }');
    await Deno.writeTextFile(`${folder}/page.xml`, "<page/>");
    const redis = hasRedis("rows of permissions on Redis")
      ? this.#things.use(await RedisServer.start()).url
      : undefined;
    const kv = this.#things.use(new KvConnectServer()).url;
    const python = pythonWith("dbm.sqlite3");
    const shelf = python && `${folder}/from_python`;
    if (python !== undefined) {
      await runPython(python, "import shelve, sys; shelve.open(sys.argv[1])['a'] = 1", [shelf!]);
    }
    return { folder, redis, kv, shelf };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#things.disposeAsync();
  }
}

Deno.test("docs/permissions.md has the rows that are run", async () => {
  const text = await Deno.readTextFile(`${ROOT}docs/permissions.md`);
  const rows = text.split("\n").filter((line) => line.startsWith("|")).slice(2)
    .map((line) => line.split("|")[1]!.trim());
  const registry = await Deno.readTextFile(`${ROOT}.ci/registry/main.ts`);
  const there = rows.filter((use) => registry.includes(use));
  assertEquals(
    rows.filter((use) => !there.includes(use)).sort(),
    ROWS.map(({ use }) => use).sort(),
  );
  assertEquals(there, ["`Process`, package from JSR"]);
});

Deno.test("each row of docs/permissions.md is enough, and no flag of it can be left out", async (t) => {
  await using workshop = new Workshop();
  const place = await workshop.open();
  for (const row of ROWS) {
    if (row.program(place) === undefined) {
      console.log(`skipped: ${row.use}: what it needs is not here`);
      continue;
    }
    const refusals = row.flags(place);
    const flags = Object.keys(refusals);
    await t.step(`${row.use}: ${flags.join(" ").replaceAll(ROOT, "") || "none"}`, async () => {
      // Those without a flag first: what they would change is still to be done then.
      for (const [missing, refusal] of Object.entries(refusals)) {
        const rest = [...flags.filter((flag) => flag !== missing), ...row.instead?.(place) ?? []];
        assertMatch(await outcome(row, place, together(rest)), refusal, `without ${missing}`);
      }
      assertEquals(await outcome(row, place, together(flags)), "done");
    });
  }
  assert(ROWS.length > 20);
});
