/**
 * Checks of addresses before the runtime sees them: it takes a host that is not there for this machine, and says of the rest what
 * is wrong in words of its own.
 *
 * @module
 */
import { shown } from "../../persist/options.ts";

/**
 * Checks an address to connect to.
 *
 * @param address What was given.
 * @throws {TypeError} If it is no address, or its host is no text.
 * @throws {RangeError} If its port is none.
 */
export function checkPeer(address: unknown): void {
  checkShape("connect", address);
  if ("path" in address) return;
  const { hostname, port } = address as { hostname?: unknown; port?: unknown };
  if (typeof hostname !== "string") {
    const meant = "host" in address ? "; did you mean hostname instead of host?" : "";
    throw new TypeError(
      `Cannot connect: needed a hostname such as "127.0.0.1", received ${shown(hostname)}${meant}`,
    );
  }
  if (typeof port !== "number") {
    throw new TypeError(`Cannot connect: needed a port from 1 to 65535, received ${shown(port)}`);
  }
  if (Number.isInteger(port) && port >= 1 && port <= 65535) return;
  throw new RangeError(`Cannot connect: needed a port from 1 to 65535, received ${port}`);
}

/**
 * Checks that an address is one; the runtime, or `checkPort`, looks at its parts.
 *
 * @param op What fails, as in "connect".
 * @param address What was given.
 * @throws {TypeError} If it is no object, or an array.
 */
export function checkShape(op: string, address: unknown): asserts address is object {
  if (typeof address === "object" && address !== null && !Array.isArray(address)) return;
  const received = Array.isArray(address) ? "an array" : shown(address);
  throw new TypeError(
    `Cannot ${op}: needed an address, { hostname, port } or { path }, received ${received}`,
  );
}

/**
 * Says what is wrong with the path of a Unix socket that the runtime refuses.
 *
 * @param op What fails, as in "listen".
 * @param path The path.
 * @param error What the runtime threw.
 * @returns A better error, if it was one of the path; else the same.
 */
export function pathError(op: string, path: unknown, error: unknown): unknown {
  if (!(error instanceof TypeError)) return error;
  const length = typeof path === "string"
    ? `one of ${new TextEncoder().encode(path).length}`
    : shown(path);
  return new TypeError(
    `Cannot ${op}: needed a path of 1 to 107 bytes (103 on macOS) without a zero byte in it, received ${length}`,
    { cause: error },
  );
}
