/**
 * Queues from one and two producers to one and two consumers, for three sizes, against postMessage from as many workers.
 *
 * postMessage has no queue that two consumers share: the baseline of mpmc is, as of mpsc, two workers that post to this
 * thread.
 *
 * `deno bench -A bench/ipc/queue_bench.ts`; against CPython: `deno task bench:peers`.
 */
import { PostMessage } from "./peers/post_message.ts";
import { QueueCrew } from "./queue_crew.ts";

const workers = [
  await PostMessage.start({ node: false }),
  await PostMessage.start({ node: false }),
];
const crew = new QueueCrew(0);
// Large messages: bounded, as one would.
const bounded = new QueueCrew(32);

/** Name, bytes, messages in one iteration. */
const sizes: [string, number, number][] = [
  ["64 B", 64, 2000],
  ["4 KiB", 4096, 1000],
  ["1 MiB", 1 << 20, 20],
];
/** Name, producers, consumers (0: this thread). */
const topologies: [string, number, number][] = [
  ["spsc", 1, 0],
  ["mpsc", 2, 0],
  ["mpmc", 2, 2],
];

for (const [topology, putters, getters] of topologies) {
  for (const [name, size, n] of sizes) {
    const group = `${topology}, ${name}, x${n}`;
    Deno.bench({
      name: `${group}: postMessage`,
      group,
      baseline: true,
      fn: async () => {
        const posting = workers.slice(0, putters);
        await Promise.all(posting.map((worker) => worker.oneWay("bytes", size)(n / putters)));
      },
    });
    const queue = size < 1 << 20 ? crew : bounded;
    Deno.bench({
      name: `${group}: Queue`,
      group,
      fn: () => queue.run(putters, getters, n, size),
    });
  }
}
