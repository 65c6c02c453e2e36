// Proxies that nobody refers to are released by the garbage collector, in a program of its own.
import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { run } from "../../../_support/program.ts";
import { hasRedis, RedisServer } from "../../../_support/redis_server.ts";

async function collect(...args: string[]): Promise<void> {
  await forgets("_dropped.ts", ...args);
}

/** Runs a program that says what it has forgotten. */
async function forgets(name: string, ...args: string[]): Promise<void> {
  const path = fileURLToPath(new URL(name, import.meta.url));
  const { out, err } = await run({ args: ["-A", "--v8-flags=--expose-gc", path, ...args] });
  assertEquals([out, err], ["forgotten\n", ""]);
}

for (const how of ["local", "socket"]) {
  Deno.test(`Proxies that are collected let their objects go: ${how}`, () => collect(how));
}

Deno.test("Proxies that are collected let their objects go: redis", {
  ignore: !hasRedis("collected proxies of Redis"),
}, async () => {
  await using server = await RedisServer.start();
  await collect("redis", server.url);
});

Deno.test("A proxy that is dropped while its call is under way keeps its object until the answer", () =>
  forgets("_early.ts"));

Deno.test("Proxies that are collected after their server was killed throw nothing", () =>
  forgets("_late.ts"));
