// The permissions that the table names are enough, and what is not used is not loaded.
import { assert, assertEquals, assertRejects } from "@std/assert";
import { fileURLToPath } from "node:url";
import { Manager } from "@ferry/std/ipc/manager";
import { run } from "../../../_support/program.ts";
import { hasRedis, RedisServer } from "../../../_support/redis_server.ts";

const config = fileURLToPath(new URL("../../../../deno.json", import.meta.url));

if (hasRedis("permissions of managers on Redis")) {
  Deno.test("redis: a manager needs its server, and nothing else", async () => {
    await using server = await RedisServer.start();
    const source = `
      import { Manager } from "@ferry/std/ipc/manager";
      await using manager = await Manager.connect("${server.url}");
      const queue = await manager.queue(0, { name: "q" });
      const item = queue.get({ timeout: 60_000 });
      await queue.put(await manager.dict({ a: 1 }));
      await using _held = await (await manager.lock()).acquire();
      console.log(await (await item).get("a"));
    `;
    const args = [`--allow-net=127.0.0.1:${server.port}`, "--config", config, "-"];
    assertEquals(await run({ args, stdin: source }), { code: 0, out: "1\n", err: "" });
  });

  Deno.test("redis: without permission a manager says which one it needs", async () => {
    const source = `
      import { Manager } from "@ferry/std/ipc/manager";
      await Manager.connect("redis://127.0.0.1:1").catch((error) => console.log(error.name, error.message));
    `;
    const { out } = await run({ args: ["--config", config, "-"], stdin: source });
    assert(/^NotCapable .*--allow-net/.test(out), out);
  });

  Deno.test({
    name: "redis: a test without permissions cannot connect",
    permissions: { net: false },
    async fn() {
      await assertRejects(() => Manager.connect("redis://127.0.0.1:1"), Deno.errors.NotCapable);
    },
  });
}

Deno.test("redis: a manager of another kind does not load Redis's client", async () => {
  const entry = fileURLToPath(new URL("../../../../ipc/manager/mod.ts", import.meta.url));
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", entry],
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(60_000),
  }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as {
    modules: {
      specifier: string;
      dependencies?: { code?: { specifier: string }; isDynamic?: boolean }[];
    }[];
  };
  const byName = new Map(modules.map((module) => [module.specifier, module.dependencies ?? []]));
  const reached = new Set([new URL("../../../../ipc/manager/mod.ts", import.meta.url).href]);
  for (const module of reached) {
    for (const { code, isDynamic } of byName.get(module) ?? []) {
      if (code !== undefined && isDynamic !== true) reached.add(code.specifier);
    }
  }
  assert([...reached].some((module) => module.endsWith("/ipc/manager/redis/transport.ts")));
  assertEquals([...reached].filter((module) => /@redis|redis\/open\.ts/.test(module)), []);
});
