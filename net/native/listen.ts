/**
 * Listening: Deno's own listeners, and an accept loop that lives through a shortage of file descriptors.
 *
 * @module
 */
import { type RulesOf, shown } from "../../persist/options.ts";
import { type Address, NetError, toNetError } from "../errors.ts";
import { checkShape, pathError } from "./check_address.ts";
import { setOptions, SOCKET_RULES } from "./dial.ts";
import { requireNet } from "./permission.ts";
import type { RawConn, RawListener } from "./raw_conn.ts";
import type { SocketOptions } from "./socket_options.ts";

/** How to listen on an address of the Internet protocols. */
export interface ListenOptions extends SocketOptions {
  /**
   * Connections the kernel keeps until they are accepted.
   *
   * @default {511}
   */
  backlog?: number | undefined;
  /**
   * Lets several listeners share the port, the kernel spreads connections over them (Linux).
   * Without `--unstable-net` this goes through `node:net`, which is slower.
   *
   * @default {false}
   */
  reusePort?: boolean | undefined;
}

/** What {@linkcode ListenOptions} may be. */
export const LISTEN_RULES: RulesOf<ListenOptions> = {
  ...SOCKET_RULES,
  backlog: "number",
  reusePort: "boolean",
};

/**
 * Checks the port to listen on. The runtime takes one that is not there, or is misspelt, for 0: any.
 *
 * @throws {TypeError} If it is no number.
 */
export function checkPort(port: unknown, op: string = "listen"): void {
  if (typeof port === "number") return;
  throw new TypeError(
    `Cannot ${op}: needed a port, 0 lets the system choose, received ${shown(port)}`,
  );
}

/** Whether the program was started with `--unstable-net`. */
export function hasUnstableNet(): boolean {
  return "listenDatagram" in Deno && typeof Deno.listenDatagram === "function";
}

/**
 * Listens.
 *
 * @param address Where; port 0 lets the system choose.
 * @param options How.
 * @param tls Listens with Deno's own TLS; not on a Unix socket, nor on a shared port without `--unstable-net`.
 * @returns The listener.
 * @throws {NetError} If the address cannot be had, with the address and the cause.
 */
export async function listen(
  address: Address,
  options: ListenOptions = {},
  tls?: { cert: string; key: string; alpn?: readonly string[] | undefined },
): Promise<RawListener> {
  checkShape("listen", address);
  try {
    if ("path" in address) {
      if (address.path === null) {
        throw new TypeError("Cannot listen: the Unix address has no path");
      }
      return await listenUnix(address.path);
    }
    const { hostname, port } = address;
    checkPort(port);
    if (options.reusePort && !hasUnstableNet()) {
      await requireNet(hostname, port);
      const { listenShared } = await import("./node_conn.ts");
      return await listenShared(address, options.backlog ?? 511);
    }
    const common = {
      hostname,
      port,
      tcpBacklog: options.backlog ?? 511,
      ...(options.reusePort ? { reusePort: true } : {}),
    };
    if (!tls) return Deno.listen(common);
    const { cert, key, alpn = [] } = tls;
    return Deno.listenTls({ ...common, cert, key, alpnProtocols: [...alpn] });
  } catch (error) {
    throw toNetError(error, { op: "listen", local: address });
  }
}

/** A socket file that a killed process left behind is replaced; one that somebody listens on is not. */
async function listenUnix(path: string): Promise<RawListener> {
  try {
    return Deno.listen({ transport: "unix", path });
  } catch (error) {
    if (!(error instanceof Deno.errors.AddrInUse) || !await isStale(path)) {
      throw pathError("listen", path, error);
    }
    await Deno.remove(path);
    return Deno.listen({ transport: "unix", path });
  }
}

async function isStale(path: string): Promise<boolean> {
  try {
    if (path.startsWith("\0") || !(await Deno.lstat(path)).isSocket) return false;
    (await Deno.connect({ transport: "unix", path })).close();
    return false;
  } catch (error) {
    return error instanceof Deno.errors.ConnectionRefused;
  }
}

/** Codes of a shortage that passes: files, memory, or a peer that gave up while it waited. */
const PASSING = new Set(["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"]);
/** ENOTCONN: it was reset between the kernel's accept and the question where it came from. */
const GONE = new Set(["ECONNABORTED", "ECONNRESET", "ENOTCONN", "EPROTO"]);
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 1000;

/** What an accept loop is told. */
export interface AcceptLoop extends SocketOptions {
  /** Called with each connection. It must not throw. */
  onConnection(conn: RawConn): void;
  /** Called when there are not enough file descriptors; the loop goes on after a pause. */
  onShortage?: ((error: Error, pause: number) => void) | undefined;
  /** Waited for before each connection is accepted; `false` ends the loop. */
  admit?: (() => Promise<boolean> | boolean) | undefined;
  /** Whether the listener was closed on purpose. */
  isClosed(): boolean;
}

/**
 * Accepts until the listener is closed.
 *
 * @param listener The listener.
 * @param loop What to do with connections.
 * @returns When the listener was closed.
 * @throws {NetError} If accepting fails for good.
 */
export async function acceptLoop(listener: RawListener, loop: AcceptLoop): Promise<void> {
  let pause = FIRST_PAUSE;
  while (!loop.isClosed()) {
    if (loop.admit) {
      const admitted = loop.admit();
      if (!(typeof admitted === "boolean" ? admitted : await admitted)) return;
    }
    let conn: RawConn;
    try {
      conn = await listener.accept();
      pause = FIRST_PAUSE;
    } catch (cause) {
      if (loop.isClosed()) return;
      const error = toNetError(cause, { op: "accept", local: listener.addr as Address });
      const code = error instanceof NetError ? error.code ?? "" : "";
      if (GONE.has(code)) continue;
      if (!PASSING.has(code)) throw error;
      loop.onShortage?.(error, pause);
      await new Promise((resolve) => setTimeout(resolve, pause));
      pause = Math.min(2 * pause, LONGEST_PAUSE);
      continue;
    }
    if ("setNoDelay" in conn) setOptions(conn as Deno.TcpConn, loop);
    loop.onConnection(conn);
  }
}
