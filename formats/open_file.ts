/**
 * Files of whatever runtime this is: those of Deno, else those of `node:fs/promises`, as Node and Bun have them.
 */

/** The part of a file that is used. */
export interface OpenFile extends AsyncDisposable {
  /** Its size; 0 for what has none. */
  size(): Promise<number>;
  /** Reads up to that many bytes; `null` at the end. */
  read(into: Uint8Array): Promise<number | null>;
  /** Writes some of the bytes, and says how many. */
  write(bytes: Uint8Array): Promise<number>;
  /** Waits until all of it is on the disk. */
  sync(): Promise<void>;
}

/** What a file system does. */
export interface FileSystem {
  open(path: string | URL): Promise<OpenFile>;
  /** Makes a file that was not there. */
  create(path: string | URL, mode: number | undefined): Promise<OpenFile>;
  rename(from: string | URL, to: string | URL): Promise<void>;
  remove(path: string | URL): Promise<void>;
  chmod(path: string | URL, mode: number): Promise<void>;
  /** The file behind links, and its permission bits where there are any; `undefined` if it is not there. */
  resolve(path: string | URL): Promise<{ target: string; mode?: number } | undefined>;
}

class DenoFile implements OpenFile {
  readonly #file: Deno.FsFile;

  constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  async size(): Promise<number> {
    return (await this.#file.stat()).size;
  }

  read(into: Uint8Array): Promise<number | null> {
    return this.#file.read(into);
  }

  write(bytes: Uint8Array): Promise<number> {
    return this.#file.write(bytes);
  }

  sync(): Promise<void> {
    return this.#file.sync();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#file.close();
    return Promise.resolve();
  }
}

const DENO: FileSystem = {
  open: async (path) => new DenoFile(await Deno.open(path, { read: true })),
  create: async (path, mode) =>
    new DenoFile(
      await Deno.open(path, {
        write: true,
        createNew: true,
        ...(mode === undefined ? {} : { mode }),
      }),
    ),
  rename: (from, to) => Deno.rename(from, to),
  remove: (path) => Deno.remove(path),
  chmod: (path, mode) => Deno.chmod(path, mode),
  async resolve(path) {
    try {
      const { mode } = await Deno.stat(path);
      const target = await Deno.realPath(path);
      return Deno.build.os === "windows" || mode === null
        ? { target }
        : { target, mode: mode & 0o7777 };
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return undefined;
      throw error;
    }
  },
};

type NodeFs = typeof import("node:fs/promises");
type NodeHandle = Awaited<ReturnType<NodeFs["open"]>>;

class NodeFile implements OpenFile {
  readonly #handle: NodeHandle;

  constructor(handle: NodeHandle) {
    this.#handle = handle;
  }

  async size(): Promise<number> {
    return (await this.#handle.stat()).size;
  }

  async read(into: Uint8Array): Promise<number | null> {
    const { bytesRead } = await this.#handle.read(into);
    return bytesRead === 0 && into.length > 0 ? null : bytesRead;
  }

  async write(bytes: Uint8Array): Promise<number> {
    return (await this.#handle.write(bytes)).bytesWritten;
  }

  sync(): Promise<void> {
    return this.#handle.sync();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#handle.close();
  }
}

function nodeFiles(fs: NodeFs): FileSystem {
  return {
    open: async (path) => new NodeFile(await fs.open(path, "r")),
    create: async (path, mode) => new NodeFile(await fs.open(path, "wx", mode)),
    rename: (from, to) => fs.rename(from, to),
    remove: (path) => fs.unlink(path),
    chmod: (path, mode) => fs.chmod(path, mode),
    async resolve(path) {
      try {
        const { mode } = await fs.stat(path);
        return { target: await fs.realpath(path), mode: mode & 0o7777 };
      } catch (error) {
        if ((error as { code?: unknown }).code === "ENOENT") return undefined;
        throw error;
      }
    },
  };
}

/**
 * The file system of this runtime.
 *
 * @param action What it is for, as an error tells it: `read "a.csv"`.
 * @throws {TypeError} If there is none, as in browsers.
 */
export function fileSystem(action: string): FileSystem {
  if ("Deno" in globalThis) return DENO;
  const process: { getBuiltinModule?(name: string): unknown } | undefined = Reflect.get(
    globalThis,
    "process",
  );
  const fs = process?.getBuiltinModule?.("node:fs/promises") as NodeFs | undefined;
  if (fs === undefined) {
    throw new TypeError(
      `Cannot ${action}: files need Deno, Node or Bun; give the format's own parse or stringify the content`,
    );
  }
  return nodeFiles(fs);
}
