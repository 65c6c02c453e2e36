/** The part of a member of a crew, in a worker or a process: one server on a shared port. */
import { NetError } from "../errors.ts";
import { type Server, startServer } from "../server/mod.ts";
import { type Command, describeError, type Notice } from "./_messages.ts";
import { loadHandler } from "./target.ts";

/** Obeys commands, one at a time in any case: a crew sends the next when it has heard of the last. */
export class Member {
  readonly #tell: (notice: Notice) => void;
  #server: Server | undefined;
  #cut = new AbortController();

  constructor(tell: (notice: Notice) => void) {
    this.#tell = tell;
  }

  async obey(command: Command): Promise<void> {
    if (command.kind === "listen") return await this.#listen(command);
    if (command.kind === "cut") return this.#cut.abort();
    const { grace } = command;
    const report = await this.#server?.shutdown({ grace, signal: this.#cut.signal });
    this.#tell({ kind: "closed", report: report ?? { idle: 0, drained: 0, aborted: 0 } });
  }

  async #listen(command: Command & { kind: "listen" }): Promise<void> {
    try {
      const handler = await loadHandler(command.target);
      const { hostname, port, options } = command;
      this.#server = await startServer(handler, {
        ...options,
        hostname,
        port,
        reusePort: true,
        onError: (error) => {
          if (!(error instanceof NetError)) this.#tell({ kind: "error", ...describeError(error) });
        },
      });
      this.#tell({ kind: "listening", address: this.#server.address });
    } catch (error) {
      this.#tell({ kind: "failed", ...describeError(error) });
    }
  }
}
