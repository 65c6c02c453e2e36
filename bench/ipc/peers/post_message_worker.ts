/** The other end of post_message.ts, as a web worker and as a node worker. */
import { isMainThread, parentPort } from "node:worker_threads";
import type { Order } from "./post_message.ts";

type Receive = (order: Order | ArrayBufferView | object) => void;
let post: (message: unknown, transfer?: Transferable[]) => void;
let echoes = 0;

const receive: Receive = (order) => {
  if (echoes > 0) {
    echoes--;
    post(order);
    return;
  }
  const { kind, n, size } = order as Order;
  switch (kind) {
    case "echo":
      echoes = n;
      post("ready");
      break;
    case "bytes": {
      const payload = new Uint8Array(size);
      for (let i = 0; i < n; i++) post(payload);
      break;
    }
    case "moved":
      for (let i = 0; i < n; i++) {
        const { buffer } = new Uint8Array(size);
        post(buffer, [buffer]);
      }
      break;
    case "objects":
      for (let i = 0; i < n; i++) post({ id: i, name: `user${i & 1023}` });
      break;
  }
};

if (!isMainThread && parentPort !== null) {
  const port = parentPort;
  post = (message, transfer) => port.postMessage(message, transfer as never[]);
  port.on("message", receive);
  post("hello");
} else {
  const scope = globalThis as unknown as {
    postMessage(message: unknown, transfer?: Transferable[]): void;
    onmessage: (event: MessageEvent) => void;
  };
  post = (message, transfer) => scope.postMessage(message, transfer ?? []);
  scope.onmessage = ({ data }) => receive(data);
  post("hello");
}
