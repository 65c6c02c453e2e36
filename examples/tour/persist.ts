/**
 * The chapter on persist: several pickles in one file, marshal's bytes, a shelf, and a closure that another process runs.
 */
import { Process } from "@ferry/std/ipc";
import { dumps as dill, inspect, loads as undill } from "@ferry/std/persist/dill";
import { dumps as marshal, loads as unmarshal } from "@ferry/std/persist/marshal";
import { dump, dumps, load } from "@ferry/std/persist/pickle";
import { run as shelves } from "../shelf/tour.ts";

/** What the chapter shows. */
export const title = "pickles, marshal, shelves, and closures that travel";

/** Bytes as Python prints them. */
function shown(bytes: Uint8Array): string {
  const text = Array.from(bytes, (byte) => {
    const character = String.fromCharCode(byte);
    if ("\t\n\r".includes(character)) return JSON.stringify(character).slice(1, -1);
    if (character === "'" || character === "\\") return `\\${character}`;
    return byte >= 0x20 && byte < 0x7f ? character : `\\x${byte.toString(16).padStart(2, "0")}`;
  });
  return `b'${text.join("")}'`;
}

/** Several objects in one file, read until it ends. */
async function pickles(): Promise<void> {
  console.log("pickle.dumps([10, 20, 30, 40]):", shown(dumps([10, 20, 30, 40])));
  const path = await Deno.makeTempFile({ suffix: ".pkl" });
  try {
    using file = await Deno.open(path, { read: true, write: true });
    for (const value of [[10, 20, 30, 40], { name: "tea", price: 2.5 }, "and a text"]) {
      await dump(value, file);
    }
    await file.seek(0, Deno.SeekMode.Start);
    while (true) {
      try {
        console.log("  loaded:", await load(file));
      } catch (error) {
        if (!(error instanceof Deno.errors.UnexpectedEof)) throw error;
        console.log("  end of the file");
        break;
      }
    }
  } finally {
    await Deno.remove(path);
  }
}

/** A function with its variables, run by a process of this program and by one that gets its bytes. */
async function closures(): Promise<void> {
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

/** Shows it. */
export async function run(): Promise<void> {
  await pickles();
  const bytes = marshal([10, 20, 30, 40]);
  console.log("\nmarshal.dumps([10, 20, 30, 40]):", shown(bytes));
  console.log("  loaded:", unmarshal(bytes), "\n");
  await shelves();
  console.log();
  await closures();
}
