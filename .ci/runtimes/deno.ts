/**
 * What the tests of formats and pickles use of Deno, on `node:` modules, so that Node and Bun can run them. The tests import it under
 * the name `Deno`; there is no such global, so that the package cannot use it unseen.
 */
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { inspect } from "node:util";

/** A test, and what became of it. */
interface Test {
  name: string;
  ignore: boolean;
  fn: (context: Context) => unknown;
}

interface Context {
  name: string;
  step(name: string, fn: (context: Context) => unknown): Promise<boolean>;
}

type Definition = { name: string; ignore?: boolean; permissions?: object; fn: Test["fn"] };

/** Tests in the order in which they were defined. */
export const tests: Test[] = [];

function test(first: string | Definition, ...rest: unknown[]): void {
  const fn = rest.at(-1) as Test["fn"];
  if (typeof first === "string") {
    const options = rest.length > 1 ? rest[0] as Partial<Definition> : {};
    tests.push({ name: first, ignore: options.ignore ?? false, fn });
    return;
  }
  // Other runtimes have no permissions to take away.
  tests.push({
    name: first.name,
    ignore: first.ignore ?? first.permissions !== undefined,
    fn: first.fn ?? fn,
  });
}

/** A class of errors that is known by the names or codes of its errors. */
function named(name: string, code?: string): { new (message?: string): Error } {
  return class extends Error {
    static override [Symbol.hasInstance](value: unknown): boolean {
      const error = value as { name?: unknown; code?: unknown } | null;
      return error?.name === name || code !== undefined && error?.code === code;
    }
  };
}

const errors = {
  NotFound: named("NotFound", "ENOENT"),
  TimedOut: named("TimedOut"),
  UnexpectedEof: named("UnexpectedEof"),
};

type Pipe = "piped" | "inherit" | "null";

interface CommandOptions {
  args?: string[];
  env?: Record<string, string>;
  cwd?: string;
  stdin?: Pipe;
  stdout?: Pipe;
  stderr?: Pipe;
}

const STDIO = { piped: "pipe", inherit: "inherit", null: "ignore" } as const;

class Command {
  readonly #command: string;
  readonly #options: CommandOptions;

  constructor(command: string, options: CommandOptions = {}) {
    this.#command = command;
    this.#options = options;
  }

  #settings(stdin: Pipe): [string, string[], object] {
    const { args = [], env = {}, cwd, stdout = "piped", stderr = "piped" } = this.#options;
    return [this.#command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: [STDIO[this.#options.stdin ?? stdin], STDIO[stdout], STDIO[stderr]],
    }];
  }

  spawn() {
    const child = spawn(...this.#settings("null"));
    const collect = async (stream: Readable | null) => {
      const parts: Uint8Array[] = [];
      for await (const part of stream ?? []) parts.push(part);
      return new Uint8Array(Buffer.concat(parts));
    };
    let streamed: ReadableStream | undefined;
    const status = new Promise<{ code: number; success: boolean }>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve({ code: code ?? 1, success: code === 0 }));
    });
    status.catch(() => {});
    return {
      get stdout() {
        return streamed ??= Readable.toWeb(child.stdout!) as never;
      },
      stdin: child.stdin === null ? null : Writable.toWeb(child.stdin),
      status,
      output: async () => {
        const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
        return { ...await status, stdout: await stdout, stderr: await stderr };
      },
      kill: () => child.kill(),
    };
  }

  async output() {
    return await this.spawn().output();
  }

  outputSync() {
    const { error, status, stdout, stderr } = spawnSync(...this.#settings("null"));
    if (error) throw error;
    return { code: status ?? 1, success: status === 0, stdout, stderr };
  }
}

/** A file that is read and written where its position is. */
class OpenFile {
  readonly #fd: number;
  #position = 0;

  constructor(path: string, options: { write?: boolean } = {}) {
    this.#fd = fs.openSync(path, options.write ? "r+" : "r");
  }

  readSync(into: Uint8Array): number | null {
    const count = fs.readSync(this.#fd, into, 0, into.length, this.#position);
    this.#position += count;
    return count === 0 && into.length > 0 ? null : count;
  }

  writeSync(bytes: Uint8Array): number {
    const count = fs.writeSync(this.#fd, bytes, 0, bytes.length, this.#position);
    this.#position += count;
    return count;
  }

  seekSync(offset: number, whence: number): number {
    const base = whence === 0 ? 0 : whence === 1 ? this.#position : fs.fstatSync(this.#fd).size;
    if (base + offset < 0) throw new RangeError("Cannot seek to before the file");
    return this.#position = base + offset;
  }

  // deno-lint-ignore require-await
  async read(into: Uint8Array): Promise<number | null> {
    return this.readSync(into);
  }

  // deno-lint-ignore require-await
  async write(bytes: Uint8Array): Promise<number> {
    return this.writeSync(bytes);
  }

  // deno-lint-ignore require-await
  async seek(offset: number, whence: number): Promise<number> {
    return this.seekSync(offset, whence);
  }

  get readable(): ReadableStream {
    return Readable.toWeb(fs.createReadStream("", { fd: this.#fd, autoClose: true })) as never;
  }

  close(): void {
    fs.closeSync(this.#fd);
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

const temporary = (suffix = "") => join(os.tmpdir(), `ferry-${crypto.randomUUID()}${suffix}`);

function makeTempFileSync({ suffix = "" }: { suffix?: string } = {}): string {
  const path = temporary(suffix);
  fs.writeFileSync(path, "");
  return path;
}

/** What Deno calls them, of what `node:fs` says. */
const facts = ({ mode, size, ...stats }: fs.Stats) => ({
  mode,
  size,
  isFile: (mode & fs.constants.S_IFMT) === fs.constants.S_IFREG,
  isDirectory: (mode & fs.constants.S_IFMT) === fs.constants.S_IFDIR,
  isSymlink: (mode & fs.constants.S_IFMT) === fs.constants.S_IFLNK,
  mtime: stats.mtime,
});

const entries = (path: string) =>
  fs.readdirSync(path, { withFileTypes: true }).map((entry) => ({
    name: entry.name,
    isFile: entry.isFile(),
    isDirectory: entry.isDirectory(),
    isSymlink: entry.isSymbolicLink(),
  }));

/** The namespace. */
export const Deno: object = {
  test: Object.assign(test, {
    ignore: (name: string, fn: Test["fn"]) => tests.push({ name, ignore: true, fn }),
  }),
  build: { os: process.platform === "win32" ? "windows" : process.platform },
  env: {
    get: (name: string) => process.env[name],
    has: (name: string) => name in process.env,
    set: (name: string, value: string) => void (process.env[name] = value),
    delete: (name: string) => void delete process.env[name],
  },
  errors,
  Command,
  SeekMode: { Start: 0, Current: 1, End: 2 },
  inspect: (value: unknown, options = {}) => inspect(value, options),
  execPath: () => process.execPath,
  open: (path: string, options?: { write?: boolean }) =>
    Promise.resolve(new OpenFile(path, options)),
  openSync: (path: string, options?: { write?: boolean }) => new OpenFile(path, options),
  readTextFile: (path: string | URL) => fs.promises.readFile(path, "utf8"),
  readTextFileSync: (path: string | URL) => fs.readFileSync(path, "utf8"),
  readFile: async (path: string | URL) => new Uint8Array(await fs.promises.readFile(path)),
  readFileSync: (path: string | URL) => new Uint8Array(fs.readFileSync(path)),
  writeTextFile: (path: string | URL, text: string, { mode = 0o666 } = {}) =>
    fs.promises.writeFile(path, text, { mode }),
  writeFile: (path: string | URL, bytes: Uint8Array, { mode = 0o666 } = {}) =>
    fs.promises.writeFile(path, bytes, { mode }),
  writeFileSync: (path: string | URL, bytes: Uint8Array) => fs.writeFileSync(path, bytes),
  remove: (path: string, { recursive = false } = {}) =>
    fs.promises.rm(path, { recursive, force: false }),
  removeSync: (path: string) => fs.rmSync(path),
  mkdir: (path: string, { recursive = false } = {}) => fs.promises.mkdir(path, { recursive }),
  makeTempDir: () => fs.promises.mkdtemp(join(os.tmpdir(), "ferry-")),
  makeTempFile: (options?: { suffix?: string }) => Promise.resolve(makeTempFileSync(options)),
  makeTempFileSync,
  chmod: fs.promises.chmod,
  symlink: fs.promises.symlink,
  stat: async (path: string | URL) => facts(await fs.promises.stat(path)),
  lstat: async (path: string | URL) => facts(await fs.promises.lstat(path)),
  readDirSync: entries,
  async *readDir(path: string) {
    yield* entries(path);
  },
};
