import { assertEquals } from "@std/assert";
import { run } from "../../../_support/program.ts";
import { hasRedis, RedisServer } from "../../../_support/redis_server.ts";

if (hasRedis("examples/ipc/06_local_or_redis.ts on Redis")) {
  Deno.test("examples/ipc/06_local_or_redis.ts prints the same on Redis as here", async () => {
    await using server = await RedisServer.start();
    const args = ["--allow-read", "--allow-net", "examples/ipc/06_local_or_redis.ts"];
    const here = await run({ args });
    assertEquals([here.code, here.err], [0, ""]);
    assertEquals(await run({ args: [...args, server.url] }), here);
  });
}
