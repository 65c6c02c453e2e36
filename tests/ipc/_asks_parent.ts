// A process that misspells an option of what it knows of its parent.
import { parentProcess } from "@ferry/std/ipc";

/** The messages of both errors. */
export async function askParent(): Promise<string[]> {
  const parent = parentProcess()!;
  const options = { timout: 1 } as never;
  const messages: string[] = [];
  for (const ask of [() => parent.join(options), () => parent.joinSync(options)]) {
    try {
      await ask();
    } catch (error) {
      messages.push(String(error));
    }
  }
  return messages;
}
