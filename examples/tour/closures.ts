/**
 * The chapter on dill: a closure in bytes, run by another process and by this one. Its variables are found by reading its source,
 * which an npm package does.
 */
import { Process } from "@ferry/std/ipc";
import { dumps as dill, inspect, loads as undill } from "@ferry/std/persist/dill";

/** What the chapter shows. */
export const title = "closures that travel";

/** A function with its variables, run by a process of this program and by one that gets its bytes. */
export async function run(): Promise<void> {
  const seen = new Map([["tea", 1]]);
  let calls = 0;
  const count = (word: string) => {
    calls++;
    seen.set(word, (seen.get(word) ?? 0) + 1);
    return `${word} was seen ${seen.get(word)}x, call ${calls}`;
  };
  const bytes = await dill(count);
  const { code } = inspect(bytes);
  console.log(`a closure in ${bytes.length} bytes; it captures ${code[0]!.captures.join(", ")}`);

  await using process = new Process(async (bytes: Uint8Array) => {
    const { loads } = await import("@ferry/std/persist/dill");
    const count = await loads(bytes, { trust: true }) as (word: string) => string;
    return [count("tea"), count("tea")];
  }, { args: [bytes] });
  process.start();
  for (const line of await process.result()) console.log("  in another process:", line);
  const copy = await undill(bytes, { trust: true }) as typeof count;
  console.log("  a copy here:       ", copy("tea"));
  console.log("  the closure itself:", count("milk"));
}
