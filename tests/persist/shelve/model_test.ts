/** Random operations on every kind of shelf, against a `Map`: in one process, in one that is killed, and read by Python. */
import { assertEquals } from "@std/assert";
import { FILES, Folder, linesOf } from "./_places.ts";
import { child, type Kind } from "./_places.ts";
import {
  assertSame,
  assertSameSync,
  type Model,
  operation,
  runSync,
  type Value,
} from "./_model.ts";
import { pythonWith } from "./_pythons.ts";
import { Random, seedFor } from "../../_support/random.ts";
import { hasRedis, RedisServer } from "../../_support/redis_server.ts";
import { open, type OpenOptions, openSync } from "@ferry/std/persist/shelve";

const STRESS = Deno.env.get("FERRY_STRESS") === "1";
const OPERATIONS = STRESS ? 20_000 : 500;
const KILLS = STRESS ? 40 : 3;

const KINDS: Kind[] = [...FILES];
if (hasRedis("random operations on Redis")) {
  KINDS.push({
    name: "redis",
    async make() {
      const server = await RedisServer.start();
      return {
        open: <V>(options: OpenOptions<V> = {}) => open<V>(server.url, options),
        [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
      };
    },
  });
}

for (const { name, make } of KINDS) {
  for (const writeback of [false, true]) {
    const title = writeback ? `${name} with writeback` : name;
    Deno.test(`${title}: random operations do to a shelf what they do to a Map`, async () => {
      await using place = await make();
      const seed = seedFor(`${title}: random operations`);
      const random = new Random(seed);
      const map: Model = new Map();
      let shelf = await place.open<Value>({ writeback });
      try {
        for (let i = 0; i < OPERATIONS; i++) {
          const next = operation(random);
          const what = `seed ${seed}, operation ${i}: ${next.text}`;
          assertEquals(await next.run(shelf), next.model(map), what);
          if (random.below(60) !== 0) continue;
          await assertSame(shelf, map, what);
          await shelf.close();
          shelf = await place.open<Value>({ writeback });
        }
        await assertSame(shelf, map, `seed ${seed}, the end`);
      } finally {
        await shelf.close();
      }
    });
  }
}

for (const writeback of [false, true]) {
  const title = `ShelfSync${writeback ? " with writeback" : ""}`;
  Deno.test(`${title}: random operations do to a shelf what they do to a Map`, async () => {
    await using folder = new Folder();
    const seed = seedFor(`${title}: random operations`);
    const random = new Random(seed);
    const map: Model = new Map();
    let shelf = openSync<Value>(folder.at("shelf"), { writeback });
    try {
      for (let i = 0; i < OPERATIONS; i++) {
        const next = operation(random);
        const what = `seed ${seed}, operation ${i}: ${next.text}`;
        assertEquals(await runSync(next, shelf), next.model(map), what);
        if (random.below(60) !== 0) continue;
        assertSameSync(shelf, map, what);
        shelf.close();
        shelf = openSync<Value>(folder.at("shelf"), { writeback });
      }
      assertSameSync(shelf, map, `seed ${seed}, the end`);
    } finally {
      shelf.close();
    }
  });
}

for (const backend of ["kv", "sqlite"] as const) {
  Deno.test(`${backend}: a process killed in random operations leaves what it did, but for the last perhaps`, async () => {
    await using folder = new Folder();
    const path = folder.at("shelf");
    const seed = seedFor(`${backend}: killed in random operations`);
    const random = new Random(seed);
    const map: Model = new Map();
    let done = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const process = child("_child.ts", ["random", backend, path, String(seed), String(done)]);
      const stop = 20 + new Random(seed + kill).below(200);
      let said = 0;
      for await (const line of linesOf(process)) {
        said = Number(line);
        if (said === done + stop) process.kill("SIGKILL");
      }
      const error = await new Response(process.stderr).text();
      assertEquals([(await process.status).signal, error], ["SIGKILL", ""]);
      for (; done < said; done++) operation(random).model(map);
      await using shelf = await open<Value>(path, { backend });
      // The next operation may have been done and not been said. Its groups are atomic, not all of an update.
      const next = operation(random);
      const after: Model = new Map(map);
      next.model(after);
      const [found, size] = [await Array.fromAsync(shelf.keys()), await shelf.size()];
      assertEquals(found.length, size);
      for (const key of new Set([...map.keys(), ...after.keys(), ...found])) {
        const value = await shelf.get(key);
        const expected = equal(value, after.get(key)) ? after.get(key) : map.get(key);
        assertEquals(value, expected, `seed ${seed}, operation ${done}: ${next.text}, ${key}`);
      }
      // Done again, it comes to the same, unless it takes away what came up for it.
      await shelf.clear();
      await shelf.update(after);
      map.clear();
      for (const [key, value] of after) map.set(key, value);
      done++;
    }
  });
}

function equal(a: unknown, b: unknown): boolean {
  try {
    assertEquals(a, b);
    return true;
  } catch {
    return false;
  }
}

const python = pythonWith("dbm.sqlite3");
if (python !== undefined) {
  Deno.test("CPython reads what random operations left, and we read what it adds", async () => {
    await using folder = new Folder();
    const path = folder.at("shelf");
    const seed = seedFor("random operations that CPython reads");
    const random = new Random(seed);
    const map: Model = new Map();
    const rounds = STRESS ? 40 : 4;
    for (let round = 0; round < rounds; round++) {
      {
        using shelf = openSync<Value>(path);
        await using other = await open<Value>(path);
        for (let i = 0; i < 60; i++) {
          const next = operation(random);
          assertEquals(await next.run(other), next.model(map), `seed ${seed}: ${next.text}`);
        }
        assertEquals(new Set(shelf.keys()), new Set(map.keys()));
      }
      const script = `
import json, shelve, sys
with shelve.open(sys.argv[1]) as shelf:
    shelf["from python"] = [${round}]
    json.dump({k: v if not isinstance(v, bytes) else len(v) for k, v in shelf.items()}, sys.stdout)
`;
      const { success, stdout, stderr } = await new Deno.Command(python, {
        args: ["-c", script, path],
        env: { PYTHONUTF8: "1" },
      }).output();
      assertEquals([success, new TextDecoder().decode(stderr)], [true, ""]);
      map.set("from python", [round]);
      const expected = Object.fromEntries(
        [...map].map(([key, value]) => [key, value instanceof Uint8Array ? value.length : value]),
      );
      assertEquals(JSON.parse(new TextDecoder().decode(stdout)), expected);
      await using shelf = await open<Value>(path);
      await assertSame(shelf, map, `seed ${seed}, after Python`);
    }
  });
}
