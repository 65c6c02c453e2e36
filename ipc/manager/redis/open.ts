/**
 * A manager's objects on Redis or Valkey.
 *
 * ```
 *   Manager, proxies      as with any other manager; locks and queues have classes of their own (proxies.ts)
 *   transport.ts          the way there, which loads all that follows when it is first used
 *   objects.ts            requests, references, unnamed objects within others
 *   types/                what a dict, a queue, a lock is there, with its scripts
 *   waits.ts wakeups.ts   waiting for a change: one connection listens for all
 *   session.ts            the lease, and changes that are done once
 *   lua.ts                keys, and the scripts about clients and objects
 * ```
 */
import { ConnectionRefusedError, TlsError } from "../../../net/errors.ts";
import { ServerAwayError } from "../errors.ts";
import { RedisObjects } from "./objects.ts";
import type { Pickles } from "./remote.ts";
import { Session, type SessionOptions } from "./session.ts";
import { probeTls } from "./_probe_tls.ts";
import { addressOf } from "./options.ts";

/**
 * Connects, once.
 *
 * @throws {ConnectionRefusedError} If nobody listens there.
 * @throws {TlsError} If its certificate is not accepted, or this side's is not.
 */
export async function openRedis(
  options: SessionOptions,
  pickles: Pickles,
  signal: AbortSignal,
): Promise<RedisObjects> {
  const session = new Session(options);
  try {
    if (options.url.startsWith("rediss:")) {
      await probeTls(addressOf(new URL(options.url)), options.tls ?? {}, signal);
    }
    await session.open(signal);
  } catch (error) {
    signal.throwIfAborted();
    for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
      if (cause instanceof Deno.errors.NotCapable) throw cause;
      const { code } = cause as { code?: unknown };
      if (code === "ECONNREFUSED" || cause instanceof Deno.errors.ConnectionRefused) {
        throw new ConnectionRefusedError({
          op: "connect",
          peer: addressOf(new URL(options.url)),
          cause: error,
        });
      }
    }
    if (error instanceof ServerAwayError && /certificate|altname|TLS|SSL/i.test(error.message)) {
      throw new TlsError({ op: "handshake", peer: addressOf(new URL(options.url)), cause: error });
    }
    throw error;
  }
  return new RedisObjects(session, pickles);
}
