/** The handler of the chapter on net: a module of its own, so that workers can load it too. */
import type { StreamConnection } from "@ferry/std/net";

/** What comes goes back, until the client has finished. */
export async function echo({ reader, writer }: StreamConnection): Promise<void> {
  for (let chunk; (chunk = await reader.read()) !== null;) {
    writer.write(chunk);
    await writer.drain();
  }
}
