/**
 * A manager on Redis beside the bare client, and beside a manager's server through a socket, in one run. Starts a `redis-server`
 * on a loopback port.
 *
 * ```sh
 * deno run -A --no-check --config bench/deno.json bench/ipc/redis_managers.ts
 * ```
 */
import { createClient } from "@redis/client";
import { Manager, ManagerServer } from "@ferry/std/ipc/manager";

const CALLS = 3000;
const ROUNDS = 3;

/** The best of some rounds, in microseconds for a call. */
async function measure(flight: number, call: (i: number) => Promise<unknown>): Promise<number> {
  let best = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    for (let i = 0; i < CALLS; i += flight) {
      await Promise.all(Array.from({ length: flight }, (_, k) => call(i + k)));
    }
    best = Math.min(best, (performance.now() - start) * 1000 / CALLS);
  }
  return best;
}

const item = (i: number) => ({ id: i, name: "an item" });

/** What a manager is measured by. */
async function callsOf(manager: Manager): Promise<Record<string, (i: number) => Promise<unknown>>> {
  const dict = await manager.dict<string, unknown>();
  const queue = await manager.queue<unknown>();
  const value = await manager.value("i", 0);
  const lock = await manager.lock();
  return {
    "set": (i) => dict.set(`k${i % 100}`, item(i)),
    "get": (i) => dict.get(`k${i % 100}`),
    "add": () => value.add(1),
    "put and get": async (i) => {
      await queue.put(item(i));
      await queue.get();
    },
    "acquire and release": async () => {
      await using _held = await lock.acquire();
    },
  };
}

async function main(): Promise<void> {
  const folder = await Deno.makeTempDir();
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const server = new Deno.Command("redis-server", {
    args: ["--port", `${port}`, "--bind", "127.0.0.1", "--save", "", "--dir", folder],
    stdout: "null",
  }).spawn();
  try {
    const url = `redis://127.0.0.1:${port}`;
    const client = createClient({ url });
    client.on("error", () => {});
    // It connects again and again until the server is there.
    await client.connect();
    await using redis = await Manager.connect(url);
    await using near = new ManagerServer({ port: 0 }, { authKey: "bench" });
    await using socket = await Manager.connect(near.address, { authKey: "bench" });
    const bare: Record<string, (i: number) => Promise<unknown>> = {
      "set": (i) => client.hSet("bare", `k${i % 100}`, JSON.stringify(item(i))),
      "get": async (i) => JSON.parse((await client.hGet("bare", `k${i % 100}`))!),
      "add": () => client.incr("sum"),
      "put and get": async (i) => {
        await client.rPush("list", JSON.stringify(item(i)));
        JSON.parse((await client.lPop("list"))!);
      },
    };
    const [there, here] = [await callsOf(redis), await callsOf(socket)];
    for (const flight of [1, 100]) {
      console.log(
        `\n${flight} at a time          µs: bare client, on Redis, socket; on Redis x bare`,
      );
      for (const [name, call] of Object.entries(there)) {
        // A lock is for one at a time.
        if (flight > 1 && name.startsWith("acquire")) continue;
        const base = bare[name] === undefined ? NaN : await measure(flight, bare[name]);
        const [a, b] = [await measure(flight, call), await measure(flight, here[name]!)];
        const figures = [base, a, b].map((time) => time.toFixed(1).padStart(8)).join("");
        console.log(`${name.padEnd(20)} ${figures}  ${(a / base).toFixed(2)}`);
      }
    }
    await client.close();
  } finally {
    server.kill("SIGKILL");
    await server.status;
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) await main();
