/** The main thread's side of a `PortConn`: it does what the worker asks of the socket. */
import type { StreamConnection } from "../streams/mod.ts";
import type { Answer, Ask } from "./_port_conn.ts";

/** Serves a port until it is closed. */
export function serve(port: MessagePort, connection: StreamConnection): void {
  const { reader, writer } = connection;
  const say = (answer: Answer, transfer: Transferable[] = []) => port.postMessage(answer, transfer);
  port.onmessage = async ({ data }: MessageEvent<Ask>) => {
    try {
      if (data.kind === "pull") {
        const view = await reader.read();
        // A copy of its own can be moved; the reader's memory holds more than this.
        const bytes = view && new Uint8Array(view);
        say({ kind: "chunk", bytes }, bytes ? [bytes.buffer] : []);
        return;
      }
      if (data.kind === "push") {
        writer.write(data.bytes);
        await writer.flush();
      } else writer.writeEof();
      say({ kind: "pushed" });
    } catch (error) {
      say({ kind: "broken", message: error instanceof Error ? error.message : String(error) });
    }
  };
}
