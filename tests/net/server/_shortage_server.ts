// A server of shortage_test.ts with few descriptors: `server`, `listener`, `keyed` or `socket`. Each line it reads is answered
// with the number of shortages so far; at the end of its input it ends.
import { createServer, Listener, startServer, StreamReader } from "@ferry/std/net";
import type { ListenerOptions } from "@ferry/std/net/connection";

const HERE = { hostname: "127.0.0.1", port: 0 };
let shortages = 0;
const onShortage = () => void shortages++;

/** Each greets with four bytes, and then waits for its client to leave. */
const servers = {
  async server() {
    const server = await startServer(async ({ reader, writer }) => {
      writer.write("hi!\n");
      await reader.read();
    }, { port: 0, onShortage });
    return { address: server.address, stop: () => server.shutdown() };
  },

  listener: () => serveMessages({}),
  /** Handshakes may last longer than the test. */
  keyed: () => serveMessages({ authKey: "key", handshakeTimeout: 600_000 }),

  async socket() {
    const listener = await createServer(HERE);
    const serving = (async () => {
      while (!listener.closed) {
        try {
          const socket = await listener.accept();
          socket.sendAll("hi!\n").then(() => socket.recv()).catch(() => {})
            .finally(() => socket.abort());
        } catch (error) {
          if ((error as { code?: string }).code !== "EMFILE") continue;
          onShortage();
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      }
    })();
    const { address } = listener;
    return {
      address,
      stop: async () => {
        listener.close();
        await serving;
      },
    };
  },
};

function serveMessages(options: ListenerOptions) {
  const listener = new Listener({ port: 0 }, { ...options, onShortage });
  const serving = (async () => {
    for await (const connection of listener) {
      // A message of nothing is a header alone: four bytes.
      connection.sendBytes(new Uint8Array(0)).catch(() => {});
      connection.recvBytes().catch(() => {}).finally(() => connection.close());
    }
  })();
  const { address } = listener;
  return {
    address,
    stop: async () => {
      await listener[Symbol.asyncDispose]();
      await serving;
    },
  };
}

// The runtime opens descriptors for signals when it first needs them, and does not live through it where there are none.
const ignore = () => {};
Deno.addSignalListener("SIGUSR2", ignore);
Deno.removeSignalListener("SIGUSR2", ignore);
const { address, stop } = await servers[Deno.args[0] as keyof typeof servers]();
console.log((address as Deno.NetAddr).port);
for await (const _ of StreamReader.from(Deno.stdin.readable).lines()) console.log(shortages);
await stop();
console.log("stopped");
