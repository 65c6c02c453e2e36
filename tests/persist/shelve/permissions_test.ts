/** The permissions that the README names are enough, and Deno KV says what it needs. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { open } from "@ferry/std/persist/shelve";
import { KvConnectServer, TOKEN } from "./kv_connect/server.ts";
import { child, Folder, outputOf } from "./_places.ts";
import { pythonWith, run } from "./_pythons.ts";
import { hasRedis, RedisServer } from "../../_support/redis_server.ts";

async function assertEnough(flags: string[], args: string[]): Promise<void> {
  assertEquals(await outputOf(child("_permission_child.ts", args, flags)), "done\n");
}

for (const backend of ["kv", "sqlite"]) {
  Deno.test(`${backend}: a shelf needs to read and write its folder, and nothing else`, async () => {
    await using folder = new Folder();
    await assertEnough(
      [`--allow-read=${folder.path}`, `--allow-write=${folder.path}`],
      [folder.at("shelf"), backend, folder.path],
    );
  });

  Deno.test(`${backend}: a shelf in memory needs nothing`, async () => {
    await assertEnough([], [":memory:", backend]);
  });
}

Deno.test("kv connect: a shelf needs its server and its token", async () => {
  await using server = new KvConnectServer();
  Deno.env.set("DENO_KV_ACCESS_TOKEN", TOKEN);
  await assertEnough(
    [`--allow-net=${new URL(server.url).host}`, "--allow-env=DENO_KV_ACCESS_TOKEN"],
    [server.url],
  );
});

if (hasRedis("permissions of shelves in Redis")) {
  Deno.test("redis: a shelf needs its server", async () => {
    await using server = await RedisServer.start();
    await assertEnough([`--allow-net=${new URL(server.url).host}`], [server.url]);
  });
}

const python = pythonWith("dbm.sqlite3");
if (python !== undefined) {
  Deno.test("a file that Python made is reorganized with --allow-all, and later without", async () => {
    await using folder = new Folder();
    const path = folder.at("shelf");
    const script = `
import shelve, sys
with shelve.open(sys.argv[1]) as shelf:
    for i in range(200): shelf["k%d" % i] = bytes(20_000)
    for i in range(190): del shelf["k%d" % i]
`;
    await run(python, script, [path]);
    const before = Deno.statSync(path).size;
    const scoped = [`--allow-read=${folder.path}`, `--allow-write=${folder.path}`];
    assertEquals(
      await outputOf(child("_reorganize_child.ts", [path], scoped)),
      "Cannot reorganize a file that was not made by this module: it needs --allow-all 10\n",
    );
    assertEquals(Deno.statSync(path).size, before);
    assertEquals(await outputOf(child("_reorganize_child.ts", [path])), "done 10\n");
    assert(Deno.statSync(path).size < before / 5, `${before} ${Deno.statSync(path).size}`);
    // From now on it can do without.
    assertEquals(await outputOf(child("_reorganize_child.ts", [path], scoped)), "done 10\n");
    assertEquals(
      await run(python, "import shelve, sys; print(len(shelve.open(sys.argv[1], 'r')))", [path]),
      "10\n",
    );
  });
}

Deno.test("without --unstable-kv, Deno KV says what it needs, and SQLite needs nothing", async () => {
  await using folder = new Folder();
  const openKv = Object.getOwnPropertyDescriptor(Deno, "openKv")!;
  try {
    Object.defineProperty(Deno, "openKv", { value: undefined, configurable: true });
    const error = await assertRejects(
      () => open(folder.at("shelf")),
      Deno.errors.NotSupported,
      "--unstable-kv",
    );
    assert(error.message.includes('"unstable": ["kv"]'), error.message);
    assert(error.message.includes('{ backend: "sqlite" }'), error.message);
    const remote = await assertRejects(() => open("https://kv.invalid"), Deno.errors.NotSupported);
    assert(!remote.message.includes("sqlite"), remote.message);
    await using shelf = await open(folder.at("shelf"), { backend: "sqlite" });
    await shelf.set("a", 1);
  } finally {
    Object.defineProperty(Deno, "openKv", openKv);
  }
});
