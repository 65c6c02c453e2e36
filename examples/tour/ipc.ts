/**
 * The chapter on ipc: counts the words of a text with two workers that share a queue of work, an array of counters and a
 * lock, then with a pool, then in a shared map; and shares with another program. Without a file it is the runtime's own type declarations, about 23,000 lines.
 */
import { Lock, Pool, Process, Queue, SharedArray, SharedMap, SharedValue } from "@ferry/std/ipc";
import { addWords, countBatches, countWords } from "./ipc_worker.ts";
import { shareWithOthers } from "./managers.ts";
import { wordsOf } from "./words.ts";

/** What the chapter shows. */
export const title = "two workers count the words of a text";

const WORKERS = 2;
const BATCH = 200;

async function readText(file: string | undefined): Promise<string> {
  if (file !== undefined) return await Deno.readTextFile(file);
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["types"] }).output();
  return new TextDecoder().decode(stdout);
}

/** One line that is written over on a terminal, and a few lines elsewhere. */
function progressLine(who: string, done: number, all: number, what: string): void {
  const text = `${who}: ${done} of ${all} ${what}`;
  if (Deno.stdout.isTerminal()) Deno.stdout.writeSync(new TextEncoder().encode(`\r${text}`));
  if (done === all) console.log(Deno.stdout.isTerminal() ? "" : text);
}

/** Counts the words. */
export async function run([file]: string[]): Promise<void> {
  const lines = (await readText(file)).split("\n");

  // One thread first: the counts to compare with, and the place of each word in the array of counters.
  const expected = new Map<string, number>();
  for (const line of lines) {
    for (const word of wordsOf(line)) expected.set(word, (expected.get(word) ?? 0) + 1);
  }
  const places = new Map([...expected.keys()].map((word, place) => [word, place]));

  // Then two workers. What they share lies in one shared memory; handing it over costs a number each.
  using batches = new Queue<string[]>({ maxSize: 16 });
  using counts = new SharedArray("uint32", places.size);
  using lock = new Lock();
  using linesDone = new SharedValue("int32", 0);

  const workers: Process[] = [];
  for (let i = 0; i < WORKERS; i++) {
    const worker = new Process(
      { module: new URL("./ipc_worker.ts", import.meta.url), export: countBatches.name },
      { args: [batches, counts, lock, linesDone, places], name: `counter-${i + 1}` },
    );
    worker.start();
    workers.push(worker);
  }
  // Should a worker fail, nobody may be left to take the next batch: the wait ends with the worker's error.
  const signal = AbortSignal.any(workers.map((worker) => worker.signal));
  for (let start = 0; start < lines.length; start += BATCH) {
    await batches.put(lines.slice(start, start + BATCH), { signal });
    progressLine("counting", linesDone.value, lines.length, "lines");
  }
  batches.shutdown();
  for (const worker of workers) await worker.result();
  progressLine("counting", linesDone.value, lines.length, "lines");

  const wrong = [...expected].filter(([word, count]) => counts.get(places.get(word)!) !== count);
  if (wrong.length > 0) {
    console.error(`${wrong.length} words were counted differently, such as "${wrong[0]![0]}"`);
    Deno.exit(1);
  }
  const total = [...expected.values()].reduce((sum, count) => sum + count, 0);
  console.log(
    `${WORKERS} workers and one thread agree: ${total} words, ${expected.size} different`,
  );
  const top = [...places].sort(([, a], [, b]) => counts.get(b) - counts.get(a)).slice(0, 10);
  for (const [word, place] of top) console.log(`${String(counts.get(place)).padStart(7)} ${word}`);

  // The same, with a pool: each worker counts batches on its own, and the program adds up what comes back.
  const starts = Array.from({ length: Math.ceil(lines.length / BATCH) }, (_, i) => i * BATCH);
  await using pool = new Pool({ processes: WORKERS });
  const perBatch = await pool.map(
    { module: new URL("./ipc_worker.ts", import.meta.url), export: countWords.name },
    starts.map((start) => lines.slice(start, start + BATCH)),
    { onProgress: (done, all) => progressLine("pool", done, all, "batches") },
  ) as Map<string, number>[];
  const sums = new Map<string, number>();
  for (const found of perBatch) {
    for (const [word, count] of found) sums.set(word, (sums.get(word) ?? 0) + count);
  }
  const same = sums.size === expected.size &&
    [...expected].every(([word, count]) => sums.get(word) === count);
  console.log(`Pool.map finds ${same ? "the same" : "OTHER"} counts`);
  if (!same) Deno.exit(1);

  // And with a map in shared memory, which all workers change in place: nothing comes back, nothing has to be added up.
  using shared = new SharedMap<string, number>();
  await pool.starmap(
    { module: new URL("./ipc_worker.ts", import.meta.url), export: addWords.name },
    starts.map((start) => [lines.slice(start, start + BATCH), shared]),
    { onProgress: (done, all) => progressLine("map", done, all, "batches") },
  );
  const agrees = shared.size === expected.size &&
    [...shared].every(([word, count]) => expected.get(word) === count);
  console.log(`SharedMap holds ${agrees ? "the same" : "OTHER"} counts: ${shared.size} words`);
  if (!agrees) Deno.exit(1);

  // The lines of the course: an array of ints, a slice of it, and what it does not take.
  using numbers = new SharedArray("int32", [3, 2, 6, 8, 3, 1, 8, 5, 9, 4]);
  console.log("\nnew SharedArray('int32', [3, 2, 6, 8, 3, 1, 8, 5, 9, 4])");
  console.log("slice(2, 6):", [...numbers.slice(2, 6)]);
  try {
    numbers.set(0, 4.5);
  } catch (error) {
    console.log(`set(0, 4.5): ${error}`);
  }
  await shareWithOthers();
}
