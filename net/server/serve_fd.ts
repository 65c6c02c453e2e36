/**
 * Servers on a socket that somebody else has opened: systemd's socket activation, inetd, a parent that restarts its servers.
 *
 * @module
 */
import { pickOptions, type RulesOf } from "../../persist/options.ts";
import { toNetError } from "../errors.ts";
import {
  checkServer,
  type ConnectionHandler,
  Server,
  SERVER_RULES,
  type ServerOptions,
} from "./server.ts";

/** The first descriptor that is handed over; before it come input, output and errors. */
const FIRST = 3;

/** How a server on a descriptor works. */
export interface ServeFdOptions extends Omit<ServerOptions, "backlog" | "reusePort"> {
  /**
   * The descriptor of a TCP socket that listens.
   *
   * @default {the first one that `LISTEN_FDS` says was handed over}
   */
  fd?: number | undefined;
}

const { backlog: _none, reusePort: _neither, ...OF_SERVER } = SERVER_RULES;
const RULES: RulesOf<ServeFdOptions> = { ...OF_SERVER, fd: "any" };

/**
 * Starts a server on a socket that this process was given: the port stays open while servers come and go, and what connects
 * meanwhile waits. It goes through `node:net`, which accepts at once: with a `concurrency` that has a `max`, the others wait in
 * this process.
 *
 * @param handler Handles a connection.
 * @param options `fd`, and how the server works. Without `fd` the variables `LISTEN_FDS` and `LISTEN_PID` are read, which needs
 * `--allow-env`.
 * @returns The server, listening.
 * @throws {TypeError} If there is no `fd` and none was handed over to this process.
 * @throws {NetError} If the descriptor is no socket that listens.
 * @throws {TypeError} If an option does not exist, or is of another type.
 *
 * @example For systemd
 * ```ts
 * import { serveFd } from "@ferry/std/net";
 * import { assertRejects } from "@std/assert";
 *
 * // Started by hand there is no socket.
 * await assertRejects(() => serveFd(({ writer }) => writer.write("hello\n")), TypeError);
 * ```
 */
export async function serveFd(
  handler: ConnectionHandler,
  options: ServeFdOptions = {},
): Promise<Server> {
  checkServer("Cannot serve", options, RULES);
  const fd = options.fd ?? handedOver();
  if (!Number.isInteger(fd) || fd < 0) {
    throw new TypeError(`Cannot serve: the number of a descriptor is needed, received ${fd}`);
  }
  const { listenDescriptor } = await import("../native/node_conn.ts");
  try {
    const how = pickOptions<ServerOptions>(options, SERVER_RULES);
    return new Server(await listenDescriptor(fd), handler, how);
  } catch (error) {
    throw toNetError(error, { op: "listen" });
  }
}

function handedOver(): number {
  const count = Number(Deno.env.get("LISTEN_FDS") ?? 0);
  const pid = Deno.env.get("LISTEN_PID");
  if (count >= 1 && (pid === undefined || Number(pid) === Deno.pid)) return FIRST;
  throw new TypeError(
    "Cannot serve: no socket was handed over to this process (LISTEN_FDS); give { fd }",
  );
}
