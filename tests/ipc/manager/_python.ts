// Programs of CPython on the other end of a manager.
import type { Python } from "../../_support/python.ts";

/** The key of all tests. */
export const KEY = "secret";

/** How every program begins: proxies within values need the key of the process. */
export const HEAD = `
import sys, threading, queue, multiprocessing
from multiprocessing.managers import SyncManager, BaseManager, RemoteError
multiprocessing.current_process().authkey = b"secret"
`;

/** Runs a client to its end; what it printed. */
export async function runClient(
  python: Python,
  program: string,
  ...args: string[]
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(python.command, {
    args: ["-c", HEAD + program, ...args],
    signal: AbortSignal.timeout(60_000),
  }).output();
  const text = new TextDecoder();
  if (!success) throw new TypeError(`Python failed: ${text.decode(stderr)}`);
  return text.decode(stdout);
}

/** A server of CPython's that prints its port and serves until it is shut down or killed. */
export class PythonServer implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #out: ReadableStreamDefaultReader<string>;
  readonly port: number;

  constructor(
    child: Deno.ChildProcess,
    out: ReadableStreamDefaultReader<string>,
    port: number,
  ) {
    this.#child = child;
    this.#out = out;
    this.port = port;
  }

  static async start(python: Python, program = ""): Promise<PythonServer> {
    const child = new Deno.Command(python.command, {
      args: [
        "-c",
        `${HEAD}
class M(SyncManager): pass
${program}
server = M(("127.0.0.1", 0), b"secret").get_server()
print(server.address[1], flush=True)
server.serve_forever()
`,
      ],
      stdout: "piped",
      stderr: "null",
      signal: AbortSignal.timeout(120_000),
    }).spawn();
    const out = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const { value } = await out.read();
    return new PythonServer(child, out, Number(value));
  }

  /** Its exit, after it was asked to shut down. */
  get status(): Promise<Deno.CommandStatus> {
    return this.#child.status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.#out.cancel();
    await this.#child.status;
  }
}
