/**
 * Locks, values and arrays against CPython's multiprocessing: rounds alternate in one run, and the table shows the median
 * rate of each and their ratio, the rows we lose included.
 *
 * `deno run -A bench/ipc/sync_peers.ts [python]` (default: `python3`)
 */
import { Lock, SharedArray, SharedEvent, SharedValue } from "@ferry/std/ipc";

const ROUNDS = 5;
const OURS = 1_000_000;
const THEIRS = 200_000;

const lock = new Lock();
const raw = new SharedValue("int32", 0, { lock: false });
const value = new SharedValue("int32");
const array = new SharedArray("int32", 1024);
const rawArray = new SharedArray("int32", 1024, { lock: false });
const { view } = array;
const event = new SharedEvent();
event.set();
const increment = (n: number) => n + 1;

/** Name, our loop, the body of Python's. */
const rows: [string, (n: number) => void, string][] = [
  ["value: locked increment, update()", (n) => {
    for (let i = 0; i < n; i++) value.update(increment);
  }, "with v.get_lock(): v.value += 1"],
  ["value: locked increment, add()", (n) => {
    for (let i = 0; i < n; i++) value.add(1);
  }, "with v.get_lock(): v.value += 1"],
  ["value: lock, increment, unlock", (n) => {
    const own = value.lock;
    for (let i = 0; i < n; i++) {
      own.acquireSync();
      value.value += 1;
      own.release();
    }
  }, "with v.get_lock(): v.value += 1"],
  ["lock, increment a raw value, unlock", (n) => {
    for (let i = 0; i < n; i++) {
      lock.acquireSync();
      raw.value += 1;
      lock.release();
    }
  }, "with lock: raw.value += 1"],
  ["lock: acquire, release", (n) => {
    for (let i = 0; i < n; i++) {
      lock.acquireSync();
      lock.release();
    }
  }, "lock.acquire(); lock.release()"],
  ["array: locked set", (n) => {
    for (let i = 0; i < n; i++) array.set(i & 1023, i);
  }, "a[i & 1023] = i"],
  ["array: locked get", (n) => {
    for (let i = 0; i < n; i++) array.get(i & 1023);
  }, "a[i & 1023]"],
  ["array: raw set", (n) => {
    for (let i = 0; i < n; i++) rawArray.set(i & 1023, i);
  }, "ra[i & 1023] = i"],
  ["array: view set", (n) => {
    for (let i = 0; i < n; i++) view[i & 1023] = i;
  }, "ra[i & 1023] = i"],
  ["event: wait when set", (n) => {
    for (let i = 0; i < n; i++) event.waitSync();
  }, "e.wait()"],
];

const python = new Deno.Command(Deno.args[0] ?? "python3", {
  args: [
    "-c",
    [
      "import multiprocessing as mp, sys, time",
      "v = mp.Value('i', 0); raw = mp.RawValue('i', 0); lock = mp.Lock()",
      "a = mp.Array('i', 1024); ra = mp.RawArray('i', 1024); e = mp.Event(); e.set()",
      ...rows.map(([, , body], at) =>
        `def f${at}(n):\n  for i in range(n):\n    ${body.replace("; ", "\n    ")}`
      ),
      "for line in sys.stdin:",
      "  at, n = map(int, line.split()); f = globals()[f'f{at}']",
      "  start = time.perf_counter(); f(n); print(n / (time.perf_counter() - start), flush=True)",
    ].join("\n"),
  ],
  stdin: "piped",
  stdout: "piped",
}).spawn();
const input = python.stdin.getWriter();
const output = python.stdout.pipeThrough(new TextDecoderStream()).getReader();

async function theirs(at: number): Promise<number> {
  await input.write(new TextEncoder().encode(`${at} ${THEIRS}\n`));
  let line = "";
  while (!line.endsWith("\n")) {
    const { done, value } = await output.read();
    if (done) throw new Deno.errors.UnexpectedEof("Python ended");
    line += value;
  }
  return Number(line);
}

function ours(at: number): number {
  const start = performance.now();
  rows[at]![1](OURS);
  return OURS / (performance.now() - start) * 1000;
}

function median(numbers: number[]): number {
  return numbers.sort((a, b) => a - b)[numbers.length >> 1]!;
}

const table: Record<string, { "Ferry M/s": number; "CPython M/s": number; ratio: number }> = {};
for (const [at, [name]] of rows.entries()) {
  ours(at); // compiled before it is measured
  const mine: number[] = [];
  const other: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    mine.push(ours(at) / 1e6);
    other.push(await theirs(at) / 1e6);
  }
  const [m, o] = [median(mine), median(other)];
  table[name] = {
    "Ferry M/s": Number(m.toFixed(2)),
    "CPython M/s": Number(o.toFixed(2)),
    ratio: Number((m / o).toFixed(1)),
  };
}
await input.close();
await output.cancel();
await python.status;
console.table(table);
