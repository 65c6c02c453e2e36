/** What runs in a worker that handles one connection. */
import type { Address } from "../errors.ts";
import { StreamConnection, type StreamOptions } from "../streams/mod.ts";
import { describeError } from "./_messages.ts";
import { PortConn } from "./_port_conn.ts";
import { type DescribedTarget, loadHandler } from "./target.ts";

/** To the worker: first what to load, ahead of time, then a connection. */
export type Order =
  | { readonly kind: "load"; readonly target: DescribedTarget }
  | {
    readonly kind: "serve";
    readonly target: DescribedTarget;
    readonly port: MessagePort;
    readonly local: Address;
    readonly peer: Address;
    readonly options: StreamOptions;
  };

/** From the worker, when the connection has been handled. */
export type Outcome = { readonly error: { name: string; message: string } | undefined };

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<Order>) => void) | null;
  postMessage(outcome: Outcome): void;
};

scope.onmessage = async ({ data }) => {
  if (data.kind === "load") {
    // What is wrong with it shows when there is somebody to tell.
    await loadHandler(data.target).catch(() => {});
    return;
  }
  const connection = new StreamConnection(
    new PortConn(data.port, data.local, data.peer),
    data.options,
  );
  try {
    const handler = await loadHandler(data.target);
    await handler(connection);
    await connection.close();
    scope.postMessage({ error: undefined });
  } catch (error) {
    connection.abort();
    scope.postMessage({ error: describeError(error) });
  }
};
