// When a client may be declared dead. What others know of it is two keys, which are written here as a dead client leaves them.
import { assert, assertEquals } from "@std/assert";
import { createClient } from "@redis/client";
import { hasRedis } from "../../../_support/redis_server.ts";
import { Manager } from "@ferry/std/ipc/manager";
import { redisTest } from "./_setup.ts";

const SESSIONS = "ferry:sessions";
const HOUR = 3_600_000;

/** The keys of a server, seen without a manager. */
class Keys implements AsyncDisposable {
  readonly #client;

  constructor(url: string) {
    this.#client = createClient({ url });
    this.#client.on("error", () => {});
  }

  async open(): Promise<this> {
    await this.#client.connect();
    return this;
  }

  /** Writes what a client leaves whose lease ended some time ago. */
  async leave(session: string, lease: number, ago: number): Promise<void> {
    await this.#client.hSet(`ferry:held:${session}`, "lease", lease);
    await this.#client.zAdd(SESSIONS, { score: Date.now() - ago, value: session });
  }

  async isKnown(session: string): Promise<boolean> {
    return await this.#client.zScore(SESSIONS, session) !== null;
  }

  /** Waits for a whole beat of the only living client: it begins and ends after now. */
  async beat(): Promise<void> {
    for (let beats = 0, before = await this.#last(); beats < 2;) {
      await this.#client.sendCommand(["WAIT", "1", "5"]);
      const last = await this.#last();
      if (last > before) beats++;
      before = last;
    }
  }

  async #last(): Promise<number> {
    const sessions = await this.#client.zRangeWithScores(SESSIONS, 0, -1);
    return sessions.findLast(({ value }) => value !== "living")?.score ?? 0;
  }

  /** Ends the connections of all managers. */
  async disconnectOthers(): Promise<void> {
    await this.#client.sendCommand(["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]);
  }

  /** How long the server is up, in whole seconds. */
  async uptime(): Promise<number> {
    return Number(/uptime_in_seconds:(\d+)/.exec(await this.#client.info("server"))![1]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.close();
  }
}

/** The lease of a client that is missed, in milliseconds. */
const LEASE = 3000;

if (hasRedis("when a client on Redis is declared dead")) {
  redisTest(
    "a client that comes new declares others dead by how long the server is up",
    async ({ url }) => {
      await using keys = await new Keys(url).open();
      await keys.leave("late", 100, HOUR);
      // Its lease has been over for as long, but the server may have been away all that time.
      await keys.leave("before", HOUR, 2 * HOUR);
      while (await keys.uptime() < 1);
      // All modules are loaded from here on.
      await (await Manager.connect(url, { prefix: "other" }))[Symbol.asyncDispose]();
      // Its lease is over, for less than its length.
      const left = performance.now();
      await keys.leave("just", 1000, 0);
      await using _manager = await Manager.connect(url, { lease: 300_000 });
      // One beat deals with all of them.
      while (await keys.isKnown("late"));
      assert(await keys.isKnown("before"));
      const isKnown = await keys.isKnown("just");
      if (performance.now() - left < 1000) assert(isKnown, "it is late, and not missed");
    },
  );

  redisTest(
    "a client declares others dead that it has outwaited, and counts anew when its connection broke",
    async ({ url }) => {
      await using keys = await new Keys(url).open();
      await using manager = await Manager.connect(url, { lease: 300 });
      const connected = performance.now();
      while (performance.now() - connected < LEASE || await keys.uptime() < LEASE / 1000) {
        await keys.beat();
      }
      await keys.leave("living", 100, -HOUR);
      const broken = performance.now();
      await keys.disconnectOthers();
      await keys.leave("missed", LEASE, HOUR);
      await keys.leave("longer", HOUR, 2 * HOUR);
      // It is back.
      assertEquals(await manager.objectCount(), 0);
      await keys.beat();
      const isKnown = await keys.isKnown("missed");
      if (performance.now() - broken < LEASE) {
        assert(isKnown, "whoever is missed may come back now, as this client has");
      }
      while (await keys.isKnown("missed")) await keys.beat();
      assert(await keys.isKnown("longer"));
      assert(await keys.isKnown("living"));
    },
  );
}
