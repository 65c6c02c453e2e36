// Atomic writing: readers see the old file or the new one, never a part.

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
  const { target, kept } = await resolveTarget(path);
  const temporary = besides(target, `.${crypto.randomUUID()}.tmp`);
  let renamed = false;
  const file = await Deno.open(temporary, {
    write: true,
    createNew: true,
    ...(mode === undefined ? {} : { mode }),
  });
  try {
    try {
      for (let at = 0; at < bytes.length;) {
        signal?.throwIfAborted();
        at += await file.write(bytes.subarray(at, at + 1_048_576));
      }
      // Before the rename, so that a crash cannot leave the new name on an empty file.
      await file.sync();
    } finally {
      file.close();
    }
    if (kept !== undefined) await Deno.chmod(temporary, kept);
    signal?.throwIfAborted();
    await Deno.rename(temporary, target);
    renamed = true;
  } finally {
    if (!renamed) await Deno.remove(temporary).catch(() => {});
  }
}

/** The file behind links, and its permission bits. */
async function resolveTarget(
  path: string | URL,
): Promise<{ target: string | URL; kept?: number }> {
  try {
    const { mode } = await Deno.stat(path);
    const target = await Deno.realPath(path);
    return Deno.build.os === "windows" || mode === null
      ? { target }
      : { target, kept: mode & 0o7777 };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { target: path };
    throw error;
  }
}

function besides(target: string | URL, suffix: string): string | URL {
  if (!(target instanceof URL)) return target + suffix;
  const url = new URL(target);
  url.pathname += suffix;
  return url;
}
