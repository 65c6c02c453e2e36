/**
 * Pipes against postMessage: round trips, and one way for three sizes of bytes and a small object.
 *
 * `deno bench -A bench/ipc/pipe_bench.ts`; against CPython: `deno task bench:peers`.
 */
import { Ferry } from "./peers/ferry.ts";
import { PostMessage } from "./peers/post_message.ts";

const ferry = new Ferry();
const web = await PostMessage.start({ node: false });

/** Name, bytes, round trips and messages in one iteration. */
const sizes: [string, number, number, number][] = [
  ["64 B", 64, 100, 2000],
  ["4 KiB", 4096, 100, 1000],
  ["1 MiB", 1 << 20, 2, 20],
];

for (const [name, size, trips, messages] of sizes) {
  const payload = new Uint8Array(size);
  bench(`round trip, ${name}, x${trips}`, trips, {
    "postMessage": web.roundTrip(() => payload),
    "Pipe: sendBytesSync, recvBytesSync": ferry.roundTrip(size),
  });
  bench(`one way, ${name}, x${messages}`, messages, {
    "postMessage": web.oneWay("bytes", size),
    "Pipe: recvBytesIntoSync": ferry.oneWayInto(size),
    "Pipe: recvBytesSync": ferry.oneWay(size),
    ...(size < 1 << 20 ? {} : {
      "postMessage, transfer": web.oneWay("moved", size),
      "Pipe: { transfer: true }": ferry.oneWayMoved(size),
    }),
  });
}
const item = (i: number) => ({ id: i, name: `user${i}` });
bench("round trip, {id, name}, x100", 100, {
  "postMessage": web.roundTrip(item),
  "Pipe: sendSync, recvSync": ferry.roundTripObjects(),
  "Pipe: await send, await recv": ferry.roundTripAsync(),
});
bench("one way, {id, name}, x2000", 2000, {
  "postMessage": web.oneWay("objects"),
  "Pipe: sendSync, recvSync": ferry.oneWayObjects(),
});

function bench(
  group: string,
  n: number,
  contenders: Record<string, (n: number) => Promise<number> | number>,
): void {
  for (const [name, run] of Object.entries(contenders)) {
    Deno.bench({
      name: `${group}: ${name}`,
      group,
      baseline: name === "postMessage",
      fn: async () => {
        await run(n);
      },
    });
  }
}
