// Random clients against the echo server: they cut, stall, flood, finish and break off, and the server stays whole.
import { setImmediate } from "node:timers";
import { assert, assertEquals } from "@std/assert";
import { openConnection, type Server, startServer } from "@ferry/std/net";
import { type Breaker, concat, connectBreaker } from "./support/reset.ts";
import { fractions, rounds, seedFor } from "../_support/random.ts";

const LONG = { timeout: 30_000 };

type Step = "write" | "stall" | "flood" | "end" | "reset" | "destroy" | "pause";

/** What a client sent, and how it left. */
interface Played {
  sent: Uint8Array;
  received: Uint8Array;
  left: Step | "waited";
}

async function play(server: Server, random: () => number): Promise<Played> {
  const peer: Breaker = await connectBreaker(server.address);
  const parts: Uint8Array[] = [];
  const any = (n: number) => Math.floor(random() * n);
  let left: Played["left"] = "waited";
  for (let steps = any(8); steps >= 0; steps--) {
    const roll = random();
    const step: Step = roll < 0.55
      ? "write"
      : roll < 0.7
      ? "stall"
      : roll < 0.78
      ? "flood"
      : roll < 0.86
      ? "end"
      : roll < 0.92
      ? "reset"
      : roll < 0.97
      ? "destroy"
      : "pause";
    if (step === "write" || step === "flood") {
      const data = new Uint8Array(step === "flood" ? any(300_000) : any(200));
      for (let i = 0; i < data.length; i++) data[i] = random() < 0.02 ? 10 : 97 + any(26);
      parts.push(data);
      // A server that waits for us to read takes no more: a flood is not waited for.
      if (step === "flood") void peer.write(data);
      else await within(peer.write(data), 20);
    } else if (step === "stall") await turns(any(8));
    else if (step === "end") {
      left = "end";
      peer.end();
      break;
    } else if (step === "pause") peer.pause();
    else {
      left = step;
      peer[step]();
      break;
    }
  }
  if (left === "waited") {
    left = "end";
    peer.end();
  }
  const received = await within(peer.received, left === "end" ? 400 : 50);
  peer.destroy();
  return { sent: concat(parts), received: received ?? await peer.received, left };
}

/** What a promise gives, or nothing if that takes too long. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) =>
    timer = setTimeout(() => resolve(undefined), ms)
  );
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Lets the event loop turn a few times. */
async function turns(count: number): Promise<void> {
  for (; count > 0; count--) await new Promise<void>((resolve) => setImmediate(resolve));
}

Deno.test("1,000 random clients with faults: the echo server answers truly, and every handler ends", async (t) => {
  const count = rounds(1000, 20_000);
  const random = fractions(seedFor("clients with faults"));
  const strange: unknown[] = [];
  let begun = 0;
  let handled = 0;
  await using server = await startServer(async ({ reader, writer }) => {
    begun++;
    try {
      for (let chunk; (chunk = await reader.read()) !== null;) {
        writer.write(chunk);
        await writer.drain();
      }
    } finally {
      handled++;
    }
  }, {
    port: 0,
    writeTimeout: 20_000,
    onError: (error) => {
      const known = error instanceof Deno.errors.ConnectionReset ||
        error instanceof Deno.errors.BrokenPipe;
      if (!known) strange.push(error);
    },
  });
  let played = 0;
  let exact = 0;
  const one = async (seed: number) => {
    const { sent, received, left } = await play(server, fractions(seed));
    played++;
    // Whoever leaves early misses the end, but what came is the beginning of what was sent.
    assertEquals(received, sent.subarray(0, received.length), `client with seed ${seed} (${left})`);
    if (received.length === sent.length) exact++;
  };
  const seeds = Array.from({ length: count }, () => Math.floor(random() * 2 ** 31));
  await Promise.all(Array.from({ length: 20 }, async () => {
    for (let seed; (seed = seeds.pop()) !== undefined;) await one(seed);
  }));
  assertEquals(strange, []);
  assertEquals(played, count);
  assert(exact > count / 4, `only ${exact} of ${count} were echoed whole`);
  await t.step("and it still serves", async () => {
    await using client = await openConnection(server.address);
    client.writer.write("alive\n");
    assertEquals(new TextDecoder().decode((await client.reader.readLine(LONG))!), "alive");
  });
  await server.shutdown({ grace: 20_000 });
  // Who has left before the server accepts is no connection.
  assert(begun > count * 0.9, `only ${begun} of ${count} were handled`);
  assertEquals(handled, begun);
  assertEquals(server.connections.size, 0);
});
