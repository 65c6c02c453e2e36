// A client that can break its connection off with a reset: node's sockets can, Deno's own cannot.
import * as nodeNet from "node:net";
import type { Address } from "@ferry/std/net";

export interface Breaker {
  write(data: Uint8Array | string): Promise<void>;
  /** Breaks the connection off. */
  reset(): void;
  /** Finishes writing. */
  end(): void;
  /** Stops reading. */
  pause(): void;
  destroy(): void;
  /** All bytes that were received, when the peer has finished or broken it off. */
  readonly received: Promise<Uint8Array>;
}

export function connectBreaker(address: Address): Promise<Breaker> {
  const { hostname, port } = address as Deno.NetAddr;
  return new Promise((resolve, reject) => {
    const socket = nodeNet.connect({ host: hostname, port, allowHalfOpen: true });
    socket.setNoDelay(true);
    const parts: Uint8Array[] = [];
    const received = new Promise<Uint8Array>((done) => {
      const finish = () => done(concat(parts));
      socket.on("end", finish);
      socket.on("close", finish);
    });
    socket.on("data", (data) => parts.push(new Uint8Array(data as unknown as Uint8Array)));
    socket.on("error", reject);
    socket.on("connect", () =>
      resolve({
        write: (data) => new Promise((done) => socket.write(data, () => done())),
        reset: () => void socket.resetAndDestroy(),
        end: () => void socket.end(),
        pause: () => void socket.pause(),
        destroy: () => void socket.destroy(),
        received,
      }));
  });
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
