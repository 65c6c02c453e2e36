/**
 * Which system's calls are used. Its library is opened when this module is loaded, where the permission is there: opened later
 * it would be a leak of whoever came first.
 */
import type { Blocks } from "./blocks.ts";
import { LinuxBlocks } from "./linux/blocks.ts";
import { libc } from "./linux/libc.ts";
import { MACOS_NAME_BYTES, MacosBlocks } from "./macos.ts";
import { WindowsBlocks } from "./windows.ts";

const { os } = Deno.build;

/** Longest name in bytes. */
export const NAME_BYTES: number = os === "darwin" ? MACOS_NAME_BYTES : 255;

/** What no name may have in it, as a message says it. */
export const NO_NAME: { readonly pattern: RegExp; readonly said: string } = os === "windows"
  ? { pattern: /^(?!(?:Global|Local)\\[^\\/\0]+$).*[\\/\0]/s, said: '"/", "\\" and NUL' }
  : { pattern: /[/\0]/, said: '"/" and NUL' };

let calls: Blocks | undefined;
if (
  (os === "darwin" || os === "windows") &&
  Deno.permissions.querySync({ name: "ffi" }).state === "granted"
) {
  calls = opened("open the system's library");
}

/**
 * The system's calls.
 *
 * @param what What is attempted, for errors: "create shared memory".
 * @throws {Deno.errors.NotCapable} If `--allow-ffi` is missing.
 * @throws {Deno.errors.NotSupported} If this is not Linux, macOS or Windows.
 */
export function blocks(what: string): Blocks {
  return calls ??= opened(what);
}

function opened(what: string): Blocks {
  switch (os) {
    case "linux":
      return new LinuxBlocks(libc(what));
    case "darwin":
      return new MacosBlocks(what);
    case "windows":
      return new WindowsBlocks(what);
    default:
      throw new Deno.errors.NotSupported(
        `Cannot ${what}: needed Linux, macOS or Windows, this is ${os}; ` +
          "within one program SharedArray does the same everywhere",
      );
  }
}
