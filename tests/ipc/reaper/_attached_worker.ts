// An attached worker, started without the package: takes what it is told to, and ends as it is told to.
import { attach, type Connection, type Lock, type SharedHandle } from "@ferry/std/ipc";

export interface Errand {
  readonly lock: SharedHandle;
  readonly end: SharedHandle;
  /** Whether it closes itself, or waits to be terminated. */
  readonly closes: boolean;
  /** Whether it blocks again and again meanwhile. */
  readonly waits?: boolean;
}

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<Errand>) => void;
  postMessage(message: unknown): void;
  close(): void;
};
const kept: unknown[] = [];

scope.onmessage = async ({ data }) => {
  const lock = attach<Lock>(data.lock);
  const end = attach<Connection>(data.end);
  lock.acquireSync();
  end.sendSync("last words");
  kept.push(lock, end);
  scope.postMessage("ready");
  if (data.closes) scope.close();
  while (data.waits) {
    end.pollSync({ timeout: 5 });
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
};
