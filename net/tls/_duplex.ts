/** A connection as a `Duplex` of node, with bytes that come before what is read from it. */
import { Duplex } from "node:stream";
import { Buffer } from "node:buffer";
import type { RawConn } from "../native/raw_conn.ts";

const CHUNK = 16 * 1024 + 512;

/**
 * Makes the duplex. Destroying it closes the connection, once what is being written is: `node:tls` destroys it right behind
 * its goodbye. `onEnd` is called when the peer has sent its last byte, `onFinal` when ours was sent.
 *
 * @returns The duplex, and what tells when the write that is under way is done.
 */
export function duplexOf(
  conn: RawConn,
  first: Uint8Array,
  onEnd: () => void,
  onFinal: () => void,
): { duplex: Duplex; writing: () => Promise<void> } {
  let writing: Promise<void> | undefined;
  let ahead: Uint8Array | undefined = first.length > 0 ? first : undefined;
  const duplex = new Duplex({
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
          // An end of the connection is none of TLS, which has its own: the reader above judges.
          if (count === null) onEnd();
          else this.push(into.subarray(0, count));
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
      writing = send().then(() => done(), done).finally(() => writing = undefined);
    },
    final(done): void {
      conn.closeWrite().catch(() => {}).finally(() => {
        onFinal();
        done();
      });
    },
    destroy(error, done): void {
      const close = () => {
        onFinal();
        try {
          conn.close();
        } catch {
          // It was closed already.
        }
        done(error);
      };
      if (writing && !error) writing.then(close);
      else close();
    },
  });
  return { duplex, writing: () => writing ?? Promise.resolve() };
}
