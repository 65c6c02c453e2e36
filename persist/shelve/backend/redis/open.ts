/** Opens a shelf in Redis or Valkey. */
import { ShelfFormatError } from "../../errors.ts";
import { RedisConnection } from "../../../redis/connection.ts";
import { shelfError } from "./_errors.ts";
import { RedisBackend } from "./backend.ts";

/** How it is opened. */
export interface OpenRedisOptions {
  /** The key of the hash. */
  readonly name: string;
  /** How long to try, in milliseconds. */
  readonly busyTimeout: number;
  /** Whether it is only read. */
  readonly readOnly: boolean;
}

/** Connects, and deletes what has expired. */
export async function openRedis(
  url: URL,
  { name, busyTimeout, readOnly }: OpenRedisOptions,
): Promise<RedisBackend> {
  const database = Number(url.pathname.slice(1) || 0);
  if (!Number.isSafeInteger(database) || database < 0) {
    throw new TypeError(
      `Cannot open a shelf in Redis with the path "${url.pathname}": it needs to be the number of a database`,
    );
  }
  const connection = new RedisConnection(url.href, {
    patience: busyTimeout,
    error: shelfError,
  });
  try {
    await connection.connect();
    const type = String(await connection.read("open the shelf", ["TYPE", name]));
    if (type !== "none" && type !== "hash") {
      throw new ShelfFormatError(
        `Cannot open the shelf "${name}": its key needs to hold a hash, and holds a ${type}`,
      );
    }
    const backend = new RedisBackend(connection, { name, database });
    if (!readOnly) await backend.reorganize();
    return backend;
  } catch (error) {
    connection.destroy();
    throw error;
  }
}
