/**
 * Blocks of Windows: sections that the paging file backs, by kernel32.
 *
 * What differs from Linux:
 *
 * - A name lives as long as a handle of the section is open somewhere, and goes with the last one, in whatever way its process
 *   ended. So nothing is tracked, nothing is left after a kill, and there is nothing to unlink.
 * - A section's length is whole pages for those who open it: it is the one of the view.
 * - All of its memory is taken at once.
 *
 * Whether a section was made or was there already is told by the last error of the thread alone, which another call could change
 * before it is read. So the name is looked for first, and the last error decides only between programs that make it at once.
 *
 * Source: Microsoft, "CreateFileMappingW", "MapViewOfFile", "VirtualQuery", "Kernel object namespaces".
 */
import { type Block, type BlockRequest, type Blocks, randomHex } from "./blocks.ts";
import { notCapable, systemError } from "./errors.ts";

const SYMBOLS = {
  CreateFileMappingW: {
    parameters: ["isize", "pointer", "u32", "u32", "u32", "buffer"],
    result: "pointer",
  },
  OpenFileMappingW: { parameters: ["u32", "i32", "buffer"], result: "pointer" },
  MapViewOfFile: { parameters: ["pointer", "u32", "u32", "u32", "usize"], result: "pointer" },
  UnmapViewOfFile: { parameters: ["pointer"], result: "i32" },
  VirtualQuery: { parameters: ["pointer", "buffer", "usize"], result: "usize" },
  CloseHandle: { parameters: ["pointer"], result: "i32" },
  GetLastError: { parameters: [], result: "u32" },
} as const;

/** No file: the paging file. */
const INVALID_HANDLE_VALUE = -1n;
const PAGE_READWRITE = 4;
/** FILE_MAP_WRITE and FILE_MAP_READ. */
const READ_AND_WRITE = 6;

/** Bytes of MEMORY_BASIC_INFORMATION of 64 bits, and where the length of the region stands in it. */
const INFORMATION_BYTES = 48;
const REGION_SIZE = 24;

const ERROR_ALREADY_EXISTS = 183;
const ERRORS: Readonly<Record<number, string>> = {
  2: "ENOENT",
  4: "EMFILE",
  5: "EACCES",
  // The name is that of another kind of object.
  6: "EEXIST",
  8: "ENOMEM",
  14: "ENOMEM",
  // Of a new section it can only be the length that is not valid.
  87: "EFBIG",
  112: "ENOSPC",
  [ERROR_ALREADY_EXISTS]: "EEXIST",
  // What is committed is more than memory and paging file have.
  1455: "ENOMEM",
};

/** The calls of kernel32. */
export class WindowsBlocks implements Blocks {
  readonly #library: Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

  /** @throws {Deno.errors.NotCapable} If `--allow-ffi` is missing. */
  constructor(what: string) {
    try {
      this.#library = Deno.dlopen("kernel32.dll", SYMBOLS).symbols;
    } catch (cause) {
      throw cause instanceof Deno.errors.NotCapable ? notCapable(what, cause) : cause;
    }
  }

  create(what: string, { name, size }: BlockRequest): Block {
    for (;;) {
      const candidate = name ?? `wnsm_${randomHex()}`;
      const handle = this.#make(what, candidate, size);
      if (handle !== undefined) return this.#map(what, candidate, handle, size);
      if (name !== undefined) throw systemError(what, "EEXIST");
    }
  }

  open(what: string, name: string): Block {
    const handle = this.#library.OpenFileMappingW(READ_AND_WRITE, 0, wide(name));
    if (handle === null) {
      const code = this.#lastError();
      // Nothing that could be opened has the name.
      throw systemError(what, code === "EEXIST" ? "ENOENT" : code);
    }
    return this.#map(what, name, handle, undefined);
  }

  unlink(): boolean {
    return true;
  }

  /** Makes a section; `undefined` if the name is taken. */
  #make(what: string, name: string, size: number): Deno.PointerValue | undefined {
    const text = wide(name);
    const library = this.#library;
    const there = library.OpenFileMappingW(READ_AND_WRITE, 0, text);
    if (there !== null) {
      library.CloseHandle(there);
      return undefined;
    }
    const high = Math.floor(size / 2 ** 32);
    const low = size % 2 ** 32;
    const handle = library.CreateFileMappingW(
      INVALID_HANDLE_VALUE,
      null,
      PAGE_READWRITE,
      high,
      low,
      text,
    );
    const error = library.GetLastError();
    if (handle === null) throw systemError(what, ERRORS[error] ?? `error ${error}`);
    if (error !== ERROR_ALREADY_EXISTS) return handle;
    library.CloseHandle(handle);
    return undefined;
  }

  /** Maps a section; its handle is closed with the block, as the name lives by it. */
  #map(what: string, name: string, handle: Deno.PointerValue, made: number | undefined): Block {
    const library = this.#library;
    const pointer = library.MapViewOfFile(handle, READ_AND_WRITE, 0, 0, 0n);
    if (pointer === null) {
      const code = this.#lastError();
      library.CloseHandle(handle);
      throw systemError(what, code);
    }
    const buffer = Deno.UnsafePointerView.getArrayBuffer(pointer, made ?? this.#sizeOf(pointer));
    return {
      name,
      buffer,
      unmap() {
        if (buffer.detached) return;
        buffer.transfer();
        library.UnmapViewOfFile(pointer);
        library.CloseHandle(handle);
      },
    };
  }

  #sizeOf(pointer: Deno.PointerObject): number {
    const information = new Uint8Array(INFORMATION_BYTES);
    this.#library.VirtualQuery(pointer, information, BigInt(INFORMATION_BYTES));
    return Number(new DataView(information.buffer).getBigUint64(REGION_SIZE, true));
  }

  #lastError(): string {
    const error = this.#library.GetLastError();
    return ERRORS[error] ?? `error ${error}`;
  }
}

/** A text as Windows takes it: UTF-16 with a NUL. */
function wide(text: string): Uint8Array<ArrayBuffer> {
  const units = new Uint16Array(text.length + 1);
  for (let i = 0; i < text.length; i++) units[i] = text.charCodeAt(i);
  return new Uint8Array(units.buffer);
}
