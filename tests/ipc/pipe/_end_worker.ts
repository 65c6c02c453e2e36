// A worker of the user's own that is handed one end of a pipe.
import { attach, type Connection, type SharedHandle } from "@ferry/std/ipc";

/** What the worker is to do with the end. */
export type EndTask =
  /** Attach it, say "attached", and send back what is received. */
  | "echo"
  /** Attach it, say "attached", send "last words" and do nothing more. */
  | "hold"
  /** Attach it, send "last words" and close it. */
  | "close"
  /** Attach it, send it on through the second end, which is another pipe's. */
  | "pass on";

/** The first message to the worker. */
export interface EndErrand {
  readonly task: EndTask;
  readonly end: SharedHandle;
  readonly other?: SharedHandle;
}

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<EndErrand>) => void;
  postMessage(message: string): void;
};
const kept: unknown[] = [];

scope.onmessage = async ({ data: { task, end, other } }) => {
  let mine: Connection;
  try {
    mine = attach<Connection>(end);
  } catch (error) {
    return scope.postMessage(`${(error as Error).name}: ${(error as Error).message}`);
  }
  kept.push(mine);
  scope.postMessage("attached");
  switch (task) {
    case "echo":
      for await (const message of mine) await mine.send(message);
      return mine.close();
    case "close":
      mine.sendSync("last words");
      return mine.close();
    case "pass on":
      return await attach<Connection>(other!).send(mine);
    case "hold":
      mine.sendSync("last words");
  }
};
