/** A connection as a `Duplex` of node, with bytes that come before what is read from it. */
import { Duplex } from "node:stream";
import { Buffer } from "node:buffer";
import type { RawConn } from "../native/raw_conn.ts";

const CHUNK = 16 * 1024 + 512;

/**
 * Makes the duplex. Destroying it closes the connection; `onEnd` is called when the peer has sent its last byte,
 * `onFinal` when ours was sent.
 */
export function duplexOf(
  conn: RawConn,
  first: Uint8Array,
  onEnd: () => void,
  onFinal: () => void,
): Duplex {
  let ahead: Uint8Array | undefined = first.length > 0 ? first : undefined;
  return new Duplex({
    allowHalfOpen: true,
    read(): void {
      if (ahead) {
        const chunk = Buffer.from(ahead);
        ahead = undefined;
        this.push(chunk);
        return;
      }
      const into = Buffer.alloc(CHUNK);
      conn.read(into).then(
        (count) => {
          this.push(count === null ? null : into.subarray(0, count));
          if (count === null) onEnd();
        },
        (error) => {
          this.destroy(error);
          onEnd();
        },
      );
    },
    write(chunk: Uint8Array, _encoding, done): void {
      const send = async () => {
        for (let at = 0; at < chunk.length;) at += await conn.write(chunk.subarray(at));
      };
      send().then(() => done(), done);
    },
    final(done): void {
      conn.closeWrite().catch(() => {}).finally(() => {
        onFinal();
        done();
      });
    },
    destroy(error, done): void {
      try {
        conn.close();
      } catch {
        // It was closed already.
      }
      done(error);
    },
  });
}
