/** A shelf in Redis beside the bare client, on a server of their own. */
import { createClient } from "@redis/client";
import { open, type Shelf } from "@ferry/std/persist/shelve";
import type { Measure, Row } from "../../ipc/peers/measure.ts";

/** What is used of the bare client. */
interface Client {
  hSet(key: string, field: string, value: string): Promise<unknown>;
  hGet(key: string, field: string): Promise<string | null>;
  close(): Promise<unknown>;
}

interface Tools<V> {
  each(operation: (i: number) => Promise<unknown>): Measure;
  hundred(operation: (i: number) => Promise<unknown>): Measure;
  item(): V;
  key(i: number): string;
  readonly keys: number;
}

export class Redis implements AsyncDisposable {
  readonly #server: Deno.ChildProcess;
  readonly #folder: string;
  readonly #shelf: Shelf<unknown>;
  readonly #client: Client;

  constructor(
    server: Deno.ChildProcess,
    folder: string,
    shelf: Shelf<unknown>,
    client: Client,
  ) {
    this.#server = server;
    this.#folder = folder;
    this.#shelf = shelf;
    this.#client = client;
  }

  /** Starts a server on a loopback port, if there is one. */
  static async start(): Promise<Redis | undefined> {
    const folder = await Deno.makeTempDir({ prefix: "ferry-bench-redis-" });
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    listener.close();
    let server: Deno.ChildProcess;
    try {
      server = new Deno.Command("redis-server", {
        args: ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""],
        stdout: "null",
        stderr: "null",
      }).spawn();
    } catch {
      console.log("redis: skipped, no redis-server found");
      return undefined;
    }
    const url = `redis://127.0.0.1:${port}`;
    const shelf = await open<unknown>(url);
    const client = createClient({ url });
    await client.connect();
    return new Redis(server, folder, shelf, client);
  }

  rows<V>({ each, hundred, item, key, keys }: Tools<V>): Row[] {
    const [shelf, client] = [this.#shelf, this.#client];
    return [
      {
        name: "redis: set",
        kind: "rate",
        contenders: {
          "ferry": each((i) => shelf.set(key(i), item())),
          "bare client": each((i) => client.hSet("bare", key(i), JSON.stringify(item()))),
        },
        targets: { "bare client": 0.8 },
      },
      {
        name: "redis: get",
        kind: "rate",
        contenders: {
          "ferry": each((i) => shelf.get(key(i))),
          "bare client": each(async (i) => JSON.parse(await client.hGet("bare", key(i)) ?? "null")),
        },
        targets: { "bare client": 0.8 },
      },
      {
        name: "redis: get, 100 at a time",
        kind: "rate",
        contenders: {
          "ferry": hundred((i) => shelf.get(key(i))),
          "bare client": hundred(
            async (i) => JSON.parse(await client.hGet("bare", key(i % keys)) ?? "null"),
          ),
        },
        targets: { "bare client": 0.8 },
      },
    ];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#shelf.close();
    await this.#client.close();
    this.#server.kill("SIGKILL");
    await this.#server.status;
    await Deno.remove(this.#folder, { recursive: true });
  }
}
