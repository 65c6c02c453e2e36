/**
 * Two sockets that are connected with each other, without a network.
 *
 * @module
 */
import { memoryPair } from "../native/memory_pair.ts";
import { StreamConnection, type StreamOptions } from "../streams/mod.ts";
import { Socket } from "./socket.ts";

/**
 * Makes two sockets that are connected with each other: for tests, and for two parts of a program that talk a protocol.
 * Needs no permission. As on a network, at most 64 KiB wait in each direction.
 *
 * @param options Limits of both.
 * @returns The two sockets.
 * @throws {TypeError} If an option does not exist, or is of another type.
 *
 * @example A protocol without a network
 * ```ts
 * import { socketPair } from "@ferry/std/net";
 * import { assertEquals } from "@std/assert";
 *
 * const [a, b] = socketPair();
 * await a.sendAll("hello\n");
 * assertEquals(new TextDecoder().decode((await b.reader.readLine())!), "hello");
 * a.close();
 * assertEquals(await b.recv(), null);
 * b.close();
 * ```
 */
export function socketPair(options: StreamOptions = {}): [Socket, Socket] {
  const [a, b] = memoryPair();
  return [
    new Socket(new StreamConnection(a, options)),
    new Socket(new StreamConnection(b, options)),
  ];
}
