/**
 * From the start of a process until its first message has come, against bare workers.
 *
 * `deno bench -A bench/ipc/process_bench.ts`; against CPython: `deno task bench:peers`.
 */
import { start } from "./peers/start.ts";
import { PostMessage } from "./peers/post_message.ts";

const group = "start";
const node = PostMessage.starting({ node: true });
const web = PostMessage.starting({ node: false });

Deno.bench({ name: "node Worker", group, baseline: true, n: 10, warmup: 2 }, async () => {
  await node(1);
});
Deno.bench({ name: "web Worker", group, n: 10, warmup: 2 }, async () => {
  await web(1);
});
Deno.bench({ name: "Process", group, n: 10, warmup: 2 }, async () => {
  await start(1);
});
