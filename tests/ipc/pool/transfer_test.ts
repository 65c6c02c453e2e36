// Buffers in the arguments of a task that move to its worker.
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Pool, SharedValue, UnsendableError, WorkerDiedError } from "@ferry/std/ipc";

const LONG = { timeout: 60_000 };

/** Many bytes, of which the worker can tell that they are the right ones. */
function numbers(length: number): Float64Array<ArrayBuffer> {
  return Float64Array.from({ length }, (_, i) => i);
}

const sum = (numbers: Float64Array) => numbers.reduce((sum, n) => sum + n, 0);

Deno.test("apply({ transfer }) moves buffers: they are empty here and whole in the worker", async () => {
  await using pool = new Pool({ processes: 1 });
  for (const length of [1, 1000, 1_000_000]) {
    const values = numbers(length);
    assertEquals(
      await pool.apply(sum, [values], { transfer: [values.buffer] }),
      length * (length - 1) / 2,
    );
    assertEquals([values.length, values.buffer.detached], [0, true]);
  }
});

Deno.test("applySync, applyAsync and stream move buffers, too", async () => {
  await using pool = new Pool({ processes: 1 });
  const [a, b, c] = [numbers(10), numbers(10), numbers(10)];
  assertEquals(pool.applySync(sum, [a!], { transfer: [a!.buffer] }), 45);
  assertEquals(await pool.applyAsync(sum, [b!], { transfer: [b!.buffer] }).get(LONG), 45);
  const doubled = pool.stream(
    function* (numbers: Float64Array) {
      for (const n of numbers) yield 2 * n;
    },
    [c!],
    { transfer: [c!.buffer] },
  );
  assertEquals((await Array.fromAsync(doubled)).at(-1), 18);
  assertEquals([a, b, c].map((each) => each!.length), [0, 0, 0]);
});

Deno.test("A buffer and several views of it arrive as one buffer, beside what is copied and what is shared", async () => {
  await using pool = new Pool({ processes: 1 });
  using total = new SharedValue("int32", 1);
  const buffer = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]).buffer;
  const value = {
    buffer,
    middle: new Uint8Array(buffer, 2, 3),
    words: new Uint16Array(buffer, 4),
    view: new DataView(buffer, 7),
    copied: new Uint8Array([9]),
    total,
    map: new Map([["same", buffer]]),
  };
  const seen = await pool.apply(
    (value) => {
      value.total.update((n: number) => n + 1);
      const { buffer, middle, words, view, copied, map } = value;
      middle[0] = 30;
      const whole = new Uint8Array(buffer);
      return [
        [...whole],
        middle.buffer === buffer && words.buffer === buffer && view.buffer === buffer,
        map.get("same") === buffer,
        [...middle],
        [...words],
        view.getUint8(0),
        [...copied],
      ];
    },
    [value],
    { transfer: [buffer, buffer] },
  );
  assertEquals(seen, [
    [1, 2, 30, 4, 5, 6, 7, 8],
    true,
    true,
    [30, 4, 5],
    [0x605, 0x807],
    8,
    [9],
  ]);
  assertEquals([total.value, buffer.detached, value.copied.length], [2, true, 1]);
});

Deno.test("What cannot be sent moves nothing", async () => {
  await using pool = new Pool({ processes: 1 });
  const values = numbers(3);
  const transfer = [values.buffer];
  const error = await assertRejects(
    () => pool.apply((_: unknown, __: unknown) => {}, [values, { f() {} }], { transfer }),
    UnsendableError,
  );
  assertEquals(error.path, "value[1].f");
  await assertRejects(
    () => pool.apply((_: unknown) => {}, [1], { transfer }),
    TypeError,
    "Cannot transfer a buffer that is not in the arguments",
  );
  assertEquals([...values], [0, 1, 2]);
  assertEquals(await pool.apply(sum, [values]), 3);
});

Deno.test("A WebAssembly memory cannot be moved and is copied", async () => {
  await using pool = new Pool({ processes: 1 });
  const buffer = new WebAssembly.Memory({ initial: 1 }).buffer as ArrayBuffer;
  new Uint8Array(buffer)[65_535] = 7;
  const last = (bytes: Uint8Array) => bytes.at(-1);
  assertEquals(
    await pool.apply(last, [new Uint8Array(buffer)], { transfer: [buffer] }),
    7,
  );
  assertEquals(buffer.byteLength, 65_536);
});

Deno.test("transfer must be a list of buffers", async () => {
  await using pool = new Pool({ processes: 1 });
  for (const transfer of [new ArrayBuffer(1), [new Uint8Array(1)], [new SharedArrayBuffer(1)]]) {
    assertThrows(
      () => pool.applySync((n: number) => n, [1], { transfer: transfer as never }),
      TypeError,
      "transfer must be an array of ArrayBuffers",
    );
  }
});

Deno.test("Tasks whose buffers move are not lost among others that wait, are aborted or die", async () => {
  await using pool = new Pool({ processes: 2 });
  const waiting: Promise<unknown>[] = [];
  for (let i = 0; i < 60; i++) {
    const values = numbers(5000);
    const transfer = [values.buffer];
    const expected = 12_497_500;
    if (i % 10 === 7) {
      const die = (_: Float64Array) => Deno.exit(3);
      waiting.push(assertRejects(() => pool.apply(die, [values], { transfer }), WorkerDiedError));
    } else if (i % 10 === 4) {
      const signal = AbortSignal.timeout(i);
      waiting.push(
        pool.apply(sum, [values], { transfer, signal })
          .then((n) => assertEquals(n, expected), (error) => assertEquals(error, signal.reason)),
      );
    } else {
      waiting.push(pool.apply(sum, [values], { transfer }).then((n) => assertEquals(n, expected)));
      waiting.push(pool.apply((n: number) => n, [i]).then((n) => assertEquals(n, i)));
    }
  }
  await Promise.all(waiting);
  assert(pool.stats().failed >= 6);
});
