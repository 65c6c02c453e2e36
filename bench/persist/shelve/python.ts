/** Runs CPython's shelve beside ours. */
import { fileURLToPath } from "node:url";
import type { Measure } from "../../ipc/peers/measure.ts";

const COMMANDS = [
  ...(Deno.env.get("FERRY_PYTHONS")?.split(":") ?? []),
  "python3.13",
  "python3",
  "/usr/bin/python3",
];

export class PythonShelf implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #lines: AsyncIterator<string>;

  constructor(command: string, module: string, path: string, synchronous?: string) {
    this.#child = new Deno.Command(command, {
      args: [
        fileURLToPath(new URL("./python.py", import.meta.url)),
        module,
        path,
        ...synchronous === undefined ? [] : [synchronous],
      ],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#lines = linesOf(this.#child.stdout);
  }

  measure(operation: string): Measure {
    return async (n) => {
      await this.#writer.write(new TextEncoder().encode(`${operation} ${n}\n`));
      const { value, done } = await this.#lines.next();
      if (done) throw new TypeError("Python ended");
      return Number(value);
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close();
    await this.#child.status;
  }
}

async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}

/** The first interpreter that has a module. */
export function pythonWith(module: string): string | undefined {
  const versions = `${Deno.env.get("HOME")}/.pyenv/versions`;
  const more: string[] = [];
  try {
    for (const { name } of Deno.readDirSync(versions)) more.push(`${versions}/${name}/bin/python3`);
  } catch {
    // No pyenv.
  }
  for (const command of [...COMMANDS, ...more]) {
    try {
      const { success } = new Deno.Command(command, {
        args: ["-c", `import ${module}`],
        stdout: "null",
        stderr: "null",
      }).outputSync();
      if (success) return command;
    } catch {
      // Not installed.
    }
  }
  console.log(`${module}: skipped, no CPython with it found`);
  return undefined;
}
