/**
 * The chapter on persist: several pickles in one file, and marshal's bytes.
 */
import { dumps as marshal, loads as unmarshal } from "@ferry/std/persist/marshal";
import { dump, dumps, load } from "@ferry/std/persist/pickle";

/** What the chapter shows. */
export const title = "pickles and marshal, byte for byte as CPython writes them";

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

/** Shows it. */
export async function run(): Promise<void> {
  await pickles();
  const bytes = marshal([10, 20, 30, 40]);
  console.log("\nmarshal.dumps([10, 20, 30, 40]):", shown(bytes));
  console.log("  loaded:", unmarshal(bytes));
}
