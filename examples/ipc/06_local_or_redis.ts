// deno run --allow-read --allow-net examples/ipc/06_local_or_redis.ts
/**
 * The same program on a manager of this program, and on Redis or Valkey. Without an argument the manager is a process here, and
 * the workers are processes, too. With a URL (`redis://127.0.0.1:6379`) the same workers may be programs on any machine.
 *
 * Two workers look for primes. A worker that dies gives its task back, on Redis; in both a counter is added to in one step.
 */
import { type DictProxy, Manager, type QueueProxy, type ValueProxy } from "@ferry/std/ipc/manager";
import { Process } from "@ferry/std/ipc";

type Range = [from: number, to: number];

/** What each worker does: it takes ranges until there are no more. */
async function countPrimes(
  tasks: QueueProxy<Range | null>,
  found: DictProxy<number, number>,
  total: ValueProxy<number>,
): Promise<void> {
  for (;;) {
    const task = await tasks.get();
    if (task === null) return await tasks.taskDone(task);
    const [from, to] = task;
    let count = 0;
    for (let n = Math.max(2, from); n < to; n++) {
      let isPrime = true;
      for (let d = 2; d * d <= n && isPrime; d++) isPrime = n % d !== 0;
      if (isPrime) count++;
    }
    await found.set(from, count);
    await total.add(count);
    await tasks.taskDone(task);
  }
}

const [url] = Deno.args;
await using manager = url === undefined ? await Manager.start() : await Manager.connect(url);
const tasks = await manager.joinableQueue<Range | null>();
const found = await manager.dict<number, number>();
const total = await manager.value("i", 0);

const workers = [1, 2].map((n) =>
  new Process(countPrimes, { args: [tasks, found, total], name: `worker ${n}` })
);
for (const worker of workers) worker.start();

for (let from = 0; from < 100_000; from += 20_000) await tasks.put([from, from + 20_000]);
for (const _ of workers) await tasks.put(null);
await tasks.join();
for (const worker of workers) await worker.result();

for (const [from, count] of (await found.entries()).sort(([a], [b]) => a - b)) {
  console.log(`${String(from).padStart(6)} ${count}`);
}
console.log(` total ${await total.get()}`);
