// Atomic writing: readers see the old file or the new one, never a part.
import { fileSystem } from "./open_file.ts";

/**
 * Writes bytes to a temporary file beside the target and renames it.
 *
 * @param path Path or `file:` URL of the target.
 * @param bytes The content.
 * @param mode Permission bits of a new file; an old file's are kept.
 * @param signal Aborts before the rename.
 */
export async function writeFileAtomic(
  path: string | URL,
  bytes: Uint8Array,
  mode: number | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  signal?.throwIfAborted();
  const files = fileSystem(`write ${JSON.stringify(String(path))}`);
  const old = await files.resolve(path);
  const target = old?.target ?? path;
  const temporary = besides(target, `.${crypto.randomUUID()}.tmp`);
  let renamed = false;
  const file = await files.create(temporary, mode);
  try {
    try {
      for (let at = 0; at < bytes.length;) {
        signal?.throwIfAborted();
        at += await file.write(bytes.subarray(at, at + 1_048_576));
      }
      // Before the rename, so that a crash cannot leave the new name on an empty file.
      await file.sync();
    } finally {
      await file[Symbol.asyncDispose]();
    }
    if (old?.mode !== undefined) await files.chmod(temporary, old.mode);
    signal?.throwIfAborted();
    await files.rename(temporary, target);
    renamed = true;
  } finally {
    if (!renamed) await files.remove(temporary).catch(() => {});
  }
}

function besides(target: string | URL, suffix: string): string | URL {
  if (!(target instanceof URL)) return target + suffix;
  const url = new URL(target);
  url.pathname += suffix;
  return url;
}
