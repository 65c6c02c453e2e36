/** The handler that every technique runs: what comes goes back. */
import type { StreamConnection } from "@ferry/std/net";

/** Echo. */
export async function echo({ reader, writer }: StreamConnection): Promise<void> {
  for (let chunk; (chunk = await reader.read()) !== null;) {
    writer.write(chunk);
    await writer.drain();
  }
}

/** Computes for a fifth of a second for each message. */
export async function compute({ reader, writer }: StreamConnection): Promise<void> {
  for (let chunk; (chunk = await reader.read()) !== null;) {
    const end = performance.now() + 200;
    while (performance.now() < end);
    writer.write(chunk);
    await writer.drain();
  }
}
