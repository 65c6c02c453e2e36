/** Writes the dump of a closure to standard output. */
import { dumps } from "@ferry/std/persist/dill";
import { basename } from "node:path";

let runs = 0;
const seen = new Map<string, number>();
class Word {
  #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  get text(): string {
    return this.#text;
  }
}
const first = new Word("tea");
const fibonacci = (n: number): number => n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2);

export async function work(text: string): Promise<unknown> {
  runs++;
  for (const word of text.split(" ")) seen.set(word, (seen.get(word) ?? 0) + 1);
  return await Promise.resolve({
    runs,
    counts: Object.fromEntries(seen),
    first: first.text,
    made: new Word(basename("/a/b")).text,
    fibonacci: fibonacci(12),
  });
}

seen.set("tea", 1);
const dump = await dumps(work);
const writer = Deno.stdout.writable.getWriter();
await writer.write(dump);
await writer.close();
