import type { StreamConnection } from "@ferry/std/net";

/** Of this thread or process. */
const id = crypto.randomUUID();

/** Lines come back in capitals; some words mean more. */
export async function lines({ reader, writer }: StreamConnection): Promise<void> {
  for await (const line of reader.lines()) {
    if (line === "who") writer.write(`${id}\n`);
    else if (line === "pid") writer.write(`${Deno.pid}\n`);
    else if (line === "throw") throw new RangeError("thrown by the handler");
    else if (line === "die") {
      setTimeout(() => {
        throw new RangeError("thrown where nobody catches it");
      });
    } else if (line === "exit") Deno.exit(3);
    else if (line === "compute") { for (;;); }
    else writer.write(`${line.toUpperCase()}\n`);
    await writer.drain();
  }
  writer.write("bye\n");
}

/** What comes goes back, until the end. */
export async function echo({ reader, writer }: StreamConnection): Promise<void> {
  for (let chunk; (chunk = await reader.read()) !== null;) {
    writer.write(chunk);
    await writer.drain();
  }
}

export const notAFunction = 1;
