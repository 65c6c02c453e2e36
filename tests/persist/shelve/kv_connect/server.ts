/**
 * A KV Connect server for tests, on a loopback port and in a SQLite database in memory. It speaks version 3 of the protocol, by
 * the schema that is published at https://github.com/denoland/denokv/tree/main/proto: metadata, reads, writes with checks,
 * expiry and watching; no queues, no sums.
 */
import { DatabaseSync } from "node:sqlite";
import { bytesAt, type Fields, messagesAt, numberAt, read, write } from "./_protobuf.ts";

export const TOKEN = "a token of the tests";
const DATABASE = "5f8d2f6e-3b1c-4b52-9d1e-7c0a5a3f0001";
const DATA_TOKEN = "a token for data";
const SUCCESS = 1;
const CHECK_FAILURE = 2;
const M_SET = 1;
const M_DELETE = 2;

interface Row {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly encoding: number;
  readonly version: number;
}

export class KvConnectServer implements AsyncDisposable {
  readonly #database = new DatabaseSync(":memory:");
  readonly #watchers = new Set<() => void>();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #ended = new AbortController();
  #version = 0;
  /** How many of the next requests are answered with "come again later". */
  unavailable = 0;
  /** How many requests there were. */
  requests = 0;
  /** Answers some requests otherwise: what a test wants to go wrong. */
  instead: ((pathname: string) => Response | Promise<Response> | undefined) | undefined;
  /** The token that it wants to see. */
  token: string = TOKEN;
  /** How long the token for data is said to be valid, in milliseconds. */
  validFor = 3_600_000;
  /** How often metadata were given, and with them a token. */
  exchanges = 0;

  constructor(port = 0) {
    this.#database.exec(
      "CREATE TABLE entries (key BLOB PRIMARY KEY, value BLOB, encoding, version, expires) WITHOUT ROWID",
    );
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port, onListen: () => {} },
      (request) => this.#answer(request),
    );
  }

  get port(): number {
    return this.#server.addr.port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  async #answer(request: Request): Promise<Response> {
    this.requests++;
    const body = new Uint8Array(await request.arrayBuffer());
    const { pathname } = new URL(request.url);
    const token = pathname === "/" ? this.token : DATA_TOKEN;
    if (request.headers.get("authorization") !== `Bearer ${token}`) {
      return new Response("unknown token", { status: 401 });
    }
    const other = this.instead?.(pathname);
    if (other !== undefined) return await other;
    if (this.unavailable > 0) {
      this.unavailable--;
      return new Response("come again later", { status: 503 });
    }
    if (pathname === "/") return this.#metadata(body);
    if (
      request.headers.get("x-denokv-database-id") !== DATABASE ||
      request.headers.get("x-denokv-version") !== "3"
    ) return new Response("wrong database or version", { status: 400 });
    try {
      const message = read(body);
      if (pathname === "/data/snapshot_read") return protobuf(this.#read(message));
      if (pathname === "/data/atomic_write") return protobuf(this.#write(message));
      if (pathname === "/data/watch") return this.#watch(message);
    } catch (error) {
      return new Response(String(error), { status: 400 });
    }
    return new Response("no such endpoint", { status: 404 });
  }

  #metadata(body: Uint8Array): Response {
    const { supportedVersions } = JSON.parse(new TextDecoder().decode(body));
    this.exchanges++;
    if (!supportedVersions.includes(3)) return new Response("needs version 3", { status: 400 });
    return Response.json({
      version: 3,
      databaseId: DATABASE,
      endpoints: [{ url: "/data", consistency: "strong" }],
      token: DATA_TOKEN,
      expiresAt: new Date(Date.now() + this.validFor).toISOString(),
    });
  }

  #read(message: Fields): Uint8Array<ArrayBuffer> {
    const ranges = messagesAt(message, 1).map((range) => {
      const order = numberAt(range, 4) === 1 ? "DESC" : "ASC";
      const rows = this.#database.prepare(
        `SELECT * FROM entries WHERE key >= ? AND key < ? AND (expires = 0 OR expires > ?) ORDER BY key ${order} LIMIT ?`,
      ).all(bytesAt(range, 1), bytesAt(range, 2), Date.now(), numberAt(range, 3));
      return write(rows.map((row) => [1, entryOf(row as unknown as Row)] as const));
    });
    return write([...ranges.map((range) => [1, range] as const), [4, true], [8, SUCCESS]]);
  }

  #get(key: Uint8Array): Row | undefined {
    return this.#database.prepare(
      "SELECT * FROM entries WHERE key = ? AND (expires = 0 OR expires > ?)",
    ).get(key, Date.now()) as Row | undefined;
  }

  #write(message: Fields): Uint8Array<ArrayBuffer> {
    for (const check of messagesAt(message, 1)) {
      const row = this.#get(bytesAt(check, 1));
      const now = row === undefined ? new Uint8Array() : versionstamp(row.version);
      if (now.toHex() !== bytesAt(check, 2).toHex()) return write([[1, CHECK_FAILURE]]);
    }
    this.#version++;
    this.#database.exec("BEGIN");
    for (const mutation of messagesAt(message, 2)) {
      const key = bytesAt(mutation, 1);
      const type = numberAt(mutation, 3);
      if (type === M_DELETE) {
        this.#database.prepare("DELETE FROM entries WHERE key = ?").run(key);
      } else if (type === M_SET) {
        const value = read(bytesAt(mutation, 2));
        this.#database.prepare("REPLACE INTO entries VALUES (?, ?, ?, ?, ?)").run(
          key,
          bytesAt(value, 1),
          numberAt(value, 2),
          this.#version,
          numberAt(mutation, 4),
        );
      } else throw new TypeError(`Mutations of type ${type} are not for this server`);
    }
    this.#database.exec("COMMIT");
    for (const wake of this.#watchers) wake();
    return write([[1, SUCCESS], [2, versionstamp(this.#version)]]);
  }

  /** Frames of a length and a message: all keys at first, then those that have changed. */
  #watch(message: Fields): Response {
    const keys = messagesAt(message, 1).map((key) => bytesAt(key, 1));
    const seen: (number | undefined)[] = [];
    let wake: () => void;
    const stop = () => this.#watchers.delete(wake);
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => {
        wake = () => {
          const outputs = keys.map((key, i) => {
            const row = this.#get(key);
            const version = row?.version ?? 0;
            if (seen[i] === version) return write([]);
            seen[i] = version;
            return write([[1, true], ...(row === undefined ? [] : [[2, entryOf(row)] as const])]);
          });
          if (outputs.every(({ length }) => length === 0)) return;
          const frame = write([[1, SUCCESS], ...outputs.map((output) => [2, output] as const)]);
          const length = new Uint8Array(4);
          new DataView(length.buffer).setUint32(0, frame.length, true);
          controller.enqueue(length);
          controller.enqueue(frame);
        };
        this.#watchers.add(wake);
        wake();
        this.#ended.signal.addEventListener("abort", () => {
          if (stop()) controller.close();
        });
      },
      cancel: () => void stop(),
    });
    return new Response(body, { headers: { "content-type": "application/octet-stream" } });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    await this.#server.shutdown();
    this.#database.close();
  }
}

function versionstamp(version: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(10);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(version));
  return bytes;
}

function entryOf({ key, value, encoding, version }: Row): Uint8Array<ArrayBuffer> {
  return write([[1, key], [2, value], [3, encoding], [4, versionstamp(version)]]);
}

function protobuf(message: Uint8Array<ArrayBuffer>): Response {
  return new Response(message, { headers: { "content-type": "application/x-protobuf" } });
}
