// Programs of CPython on the other end of a manager.
//
// Over TCP each connection of CPython's begins with a delayed acknowledgement, 40 ms, and there is one for each object and
// thread. So tests of many calls use a Unix socket where there are any.
import type { Python } from "../../_support/python.ts";

/** The key of all tests. */
export const KEY = "secret";

/** How every program begins: proxies within values need the key of the process. */
export const HEAD = `
import sys, threading, queue, multiprocessing
from multiprocessing.managers import SyncManager, BaseManager, RemoteError
multiprocessing.current_process().authkey = b"secret"
def address(text):
    return ("127.0.0.1", int(text)) if text.isdigit() else text
`;

/** A folder for a Unix socket; removed when it is disposed of. */
export class SocketFolder implements Disposable {
  readonly #path = Deno.makeTempDirSync();

  /** Where a server may be: a path there, or any port where there are no Unix sockets. */
  get address(): { path: string } | { port: number } {
    return Deno.build.os === "windows" ? { port: 0 } : { path: `${this.#path}/socket` };
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#path, { recursive: true });
  }
}

/** An address as an argument of a program. */
export function argumentOf(address: { path: string } | { port: number }): string {
  return "path" in address ? address.path : String(address.port);
}

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
