// What becomes of shared objects that are on their way when a process is killed.
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  type Connection,
  Pipe,
  Process,
  Queue,
  share,
  SharedArray,
  SharedEvent,
} from "@ferry/std/ipc";
import { BLOCK_BYTES, BYTES, letGo, pack, type Parcel } from "./_passing_targets.ts";
import { LONG } from "../../_support/processes.ts";
import { EFFORT, random, seedFor } from "../../_support/random.ts";

const { BrokenPipe, UnexpectedEof } = Deno.errors;

/**
 * How much of the shared memory no array as in a parcel has room in, in such arrays: what is in use, and what is not given
 * back. To find out, so many are made that the memory grows.
 */
function inUse(): number {
  const arrays: SharedArray<"uint8">[] = [];
  let before: number;
  let size = 0;
  do {
    before = size;
    const array = new SharedArray("uint8", BYTES);
    size = share(array).buffer.byteLength;
    arrays.push(array);
  } while (size === before || before === 0);
  for (const array of arrays) array[Symbol.dispose]();
  return before / BLOCK_BYTES - (arrays.length - 1);
}

/** Takes all that is there; the ends of pipes that came. */
function drain(take: () => Parcel | undefined): Connection<never>[] {
  const ends: Connection<never>[] = [];
  for (;;) {
    let parcel: Parcel | undefined;
    try {
      parcel = take();
    } catch (error) {
      if (error instanceof UnexpectedEof) return ends;
      throw error;
    }
    if (parcel === undefined) return ends;
    ends.push(parcel.end);
    parcel.lock.acquireSync(LONG).release();
    parcel.lock[Symbol.dispose]();
    parcel.array[Symbol.dispose]();
  }
}

const WARM_UP = 6;
const ROUNDS = 14 * EFFORT;

for (const how of ["send", "receive", "putAndGet", "own"]) {
  Deno.test(`Processes killed while they pass pipes, locks and arrays around leave nobody waiting, and no memory behind: ${how}`, async () => {
    const next = random(seedFor(how));
    let atFirst = 0;
    for (let round = 0; round < WARM_UP + ROUNDS; round++) {
      if (round === WARM_UP) {
        atFirst = inUse();
        assertEquals(inUse(), atFirst, "the measure is not right");
      }
      using up = new SharedEvent();
      using queue = new Queue<Parcel>();
      const [here, there] = new Pipe<Parcel>({ capacity: 4096 });
      const target = { module: import.meta.resolve("./_passing_targets.ts"), export: how };
      await using process = new Process(target, { args: [up, there, queue] as unknown[] });
      process.start();
      assert(up.waitSync(LONG), "it did not start");
      /** The other ends of what was sent from here. */
      const peers: Connection<never>[] = [];
      const until = performance.now() + (next() % 4000) / 1000;
      for (let i = next() % 3; performance.now() < until; i++) {
        if (how === "receive") {
          const [parcel, mine] = pack(i);
          if (here.trySend(parcel)) peers.push(mine);
          else mine.close();
          if (peers.length > 8) peers.shift()!.close();
          letGo(parcel);
        } else {
          const parcel = how === "send" ? here.tryRecv() : queue.tryGet();
          if (parcel !== undefined) letGo(parcel);
        }
      }
      process.kill();
      if (next() % 2 === 0) assert(process.joinSync(LONG));
      else assert(await process.join(LONG));
      assertEquals(process.exitCode, -9);
      peers.push(...drain(() => here.tryRecv()), ...drain(() => queue.tryGet()));
      here.close();
      queue.close();
      for (const peer of peers) {
        assertThrows(() => peer.recvSync(LONG), UnexpectedEof);
        assertThrows(() => peer.sendSync(0 as never), BrokenPipe);
        peer.close();
      }
    }
    // What is small comes and goes by itself; it makes up less than two.
    assert(inUse() < atFirst + 2, `${inUse() - atFirst} arrays were not given back`);
  });
}
