/**
 * Pipes, queues, locks and processes against their peers: CPython's multiprocessing, postMessage and piscina.
 *
 * Rounds alternate in one run (ours, CPython, postMessage, ours ...), a ratio is the median of the rounds' ratios, and
 * rows that are lost stay in the table.
 *
 * `deno task bench:peers [--only=text] [--rounds=5] [--python=python3]`; `--save` writes a whole run to
 * bench/results.
 */
import { Channel, Collections } from "./ipc/peers/collections.ts";
import { CPython, pythonVersion } from "./ipc/peers/cpython.ts";
import { alone, Ferry, start, startInSpare } from "./ipc/peers/ferry.ts";
import { Managers } from "./ipc/peers/managers.ts";
import { measure, reached, type Result, type Row } from "./ipc/peers/measure.ts";
import { memoryTable } from "./ipc/peers/memory.ts";
import { NamedPeer } from "./ipc/peers/named.ts";
import { Piscina } from "./ipc/peers/piscina.ts";
import { Pools } from "./ipc/peers/pool.ts";
import { plot } from "./ipc/peers/plot.ts";
import { copy, copyLocal, createUnlink, listGet, listSet } from "./ipc/peers/shared_memory.ts";
import { PostMessage } from "./ipc/peers/post_message.ts";
import { Readers } from "./ipc/peers/read_write.ts";
import { SAVE, saveResults } from "./save.ts";

const option = (name: string): string | undefined =>
  Deno.args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
const only = option("only");
const rounds = Number(option("rounds") ?? 5);
const command = option("python") ?? "python3";
if (SAVE && only !== undefined) {
  console.error("--save writes whole runs: leave --only out");
  Deno.exit(2);
}

const KIB = 1024;
const MIB = 1024 * KIB;

await using ferry = new Ferry();
await using cpython = new CPython(command);
await using web = await PostMessage.start({ node: false });
await using node = await PostMessage.start({ node: true });
await using piscina = new Piscina();
await using pools = new Pools();
await using readers = new Readers();
await using collections = new Collections();
await using managers = new Managers();
using channel = new Channel();
using named = new NamedPeer();

const item = (i: number) => ({ id: i, name: `user${i & 1023}` });

function roundTrip(name: string, size: number, targets: Record<string, number> = {}): Row {
  const payload = new Uint8Array(size);
  return {
    name: `pipe: round trip, ${name}`,
    kind: "time",
    contenders: {
      "ferry": ferry.roundTrip(size),
      "CPython": cpython.measure("round_trip", { size }),
      "postMessage": web.roundTrip(() => payload),
      "postMessage (node)": node.roundTrip(() => payload),
    },
    targets,
  };
}

function oneWay(
  name: string,
  size: number,
  how: "recvBytes" | "recvBytesInto" | "transfer" | "recvBytes and release" | "SharedArray",
  targets: Record<string, number> = {},
): Row {
  return {
    name: how === "transfer"
      ? `pipe: one way, ${name}, { transfer: true }`
      : how === "SharedArray"
      ? `pipe: one way, ${name}, a SharedArray by its handle`
      : `pipe: one way, ${name}, ${how}`,
    kind: "rate",
    bytes: size,
    // No peer holds back a sender that is too fast: everything may have to be kept in memory.
    most: Math.ceil(256 * MIB / size),
    contenders: {
      "ferry": how === "recvBytes"
        ? ferry.oneWay(size)
        : how === "recvBytesInto"
        ? ferry.oneWayInto(size)
        : how === "recvBytes and release"
        ? ferry.oneWayReleased(size)
        : how === "SharedArray"
        ? ferry.oneWayLent(size)
        : ferry.oneWayMoved(size),
      "CPython": cpython.measure("one_way", { size }),
      "CPython recv_bytes_into": cpython.measure("one_way", { size, into: true }),
      "postMessage": web.oneWay(how === "transfer" ? "moved" : "bytes", size),
    },
    targets,
  };
}

const alongside = (
  name: string,
  ours: string,
  theirs: string,
  target?: number,
): Row => ({
  name,
  kind: "rate",
  contenders: { "ferry": alone[ours]!, "CPython": cpython.measure(theirs) },
  ...(target === undefined ? {} : { targets: { "CPython": target } }),
});

const rows: Row[] = [
  roundTrip("64 B", 64, { "CPython": 0.5, "postMessage": 0.25 }),
  roundTrip("4 KiB", 4 * KIB),
  roundTrip("1 MiB", MIB),
  {
    name: "pipe: round trip, 1 MiB, { transfer: true }",
    kind: "time",
    contenders: {
      "ferry": ferry.roundTripMoved(MIB),
      "CPython": cpython.measure("round_trip", { size: MIB }),
      "postMessage": web.roundTripMoved(MIB),
    },
  },
  {
    name: "pipe: round trip, {id, name}",
    kind: "time",
    contenders: {
      "ferry": ferry.roundTripObjects(),
      "CPython": cpython.measure("round_trip_objects"),
      "postMessage": web.roundTrip(item),
      "postMessage (node)": node.roundTrip(item),
      "piscina": piscina.roundTrip(item),
    },
  },
  {
    name: "pipe: round trip, {id, name}, async",
    kind: "time",
    contenders: {
      "ferry": ferry.roundTripAsync(),
      "CPython": cpython.measure("round_trip_objects"),
      "postMessage": web.roundTrip(item),
      "postMessage (node)": node.roundTrip(item),
      "piscina": piscina.roundTrip(item),
    },
    targets: { "postMessage": 0.3 },
  },
  oneWay("64 B", 64, "recvBytesInto", { "CPython": 12 }),
  oneWay("64 B", 64, "recvBytes", { "CPython": 3.5 }),
  oneWay("4 KiB", 4 * KIB, "recvBytesInto", { "CPython": 8 }),
  oneWay("4 KiB", 4 * KIB, "recvBytes"),
  oneWay("1 MiB", MIB, "recvBytesInto", { "CPython": 1.5 }),
  oneWay("1 MiB", MIB, "recvBytes"),
  oneWay("1 MiB", MIB, "recvBytes and release", { "CPython": 1, "postMessage": 1 }),
  oneWay("1 MiB", MIB, "SharedArray", { "CPython": 1, "postMessage": 1 }),
  oneWay("1 MiB", MIB, "transfer", { "CPython": 5 }),
  {
    name: "pipe: one way, {id, name}",
    kind: "rate",
    contenders: {
      "ferry": ferry.oneWayObjects(),
      "CPython": cpython.measure("one_way_objects"),
      "postMessage": web.oneWay("objects"),
      "postMessage (node)": node.oneWay("objects"),
    },
    most: 300_000,
    targets: { "CPython": 15, "postMessage": 10 },
  },
  {
    name: "queue: 1 producer, 1 consumer, {id, name}",
    kind: "rate",
    contenders: {
      "ferry": ferry.queueOneToOne(),
      "CPython": cpython.measure("queue", { putters: 1, getters: 0 }),
    },
    targets: { "CPython": 12 },
  },
  {
    name: "queue: 2 producers, 2 consumers, {id, name}",
    kind: "rate",
    contenders: {
      "ferry": ferry.queueTwoToTwo(),
      "CPython": cpython.measure("queue", { putters: 2, getters: 2 }),
    },
    targets: { "CPython": 10 },
  },
  ...["new arrays", "arrays given back"].map((how): Row => ({
    name: `queue: 1 producer, 1 consumer, 1 MiB, ${how}`,
    kind: "rate",
    bytes: MIB,
    most: 256,
    contenders: {
      "ferry": ferry.queueBytes(MIB, how !== "new arrays"),
      "postMessage": web.oneWay("bytes", MIB),
      "CPython": cpython.measure("one_way", { size: MIB }),
    },
    targets: { "postMessage": 1 },
  })),
  alongside("lock: acquire, increment, release", "lockRaw", "lock_raw", 15),
  alongside("rlock: acquire, increment, release", "rlockRaw", "rlock_raw"),
  alongside("lock: acquire, release", "lockOnly", "lock_only"),
  {
    name: "lock: acquire, increment, release, 2 processes",
    kind: "rate",
    contenders: {
      "ferry": ferry.lockContended(),
      "CPython": cpython.measure("lock_contended"),
    },
  },
  ...[16, 1024, 65536].map((items): Row => ({
    name: `read-write lock: 90% reads of ${items} numbers, 2 processes`,
    kind: "rate",
    contenders: {
      "ReadWriteLock": readers.under("ReadWriteLock", items),
      "Lock": readers.under("Lock", items),
    },
  })),
  alongside("value: update()", "update", "value_locked", 15),
  alongside("value: add()", "add", "value_locked"),
  alongside("value: own lock, value += 1", "valueLocked", "value_locked", 15),
  alongside("array: locked set", "arraySet", "array_set", 10),
  alongside("array: locked get", "arrayGet", "array_get"),
  alongside("array: set, lock: false", "rawArraySet", "raw_array_set"),
  {
    name: "array: set through view",
    kind: "time",
    contenders: {
      "ferry": alone.viewSet!,
      "Int32Array": alone.plainSet!,
      "CPython": cpython.measure("raw_array_set"),
    },
    most: 50_000_000,
    targets: { "Int32Array": 1.1 },
  },
  alongside("event: wait when set", "eventWait", "event_wait"),
  {
    name: "pool: apply, one at a time",
    kind: "rate",
    contenders: {
      "ferry": pools.apply(),
      "ferry applySync": pools.applySync(),
      "CPython": cpython.measure("pool_apply"),
      "piscina": piscina.roundTrip((i) => i),
    },
    targets: { "CPython": 15, "piscina": 10 },
  },
  {
    name: "pool: applySync, one at a time",
    kind: "rate",
    contenders: {
      "ferry": pools.applySync(),
      "CPython": cpython.measure("pool_apply"),
      "piscina": piscina.roundTrip((i) => i),
    },
    targets: { "CPython": 15, "piscina": 10 },
  },
  {
    name: "pool: apply, 1,000 in flight",
    kind: "rate",
    contenders: {
      "ferry": pools.inFlight(),
      "CPython": cpython.measure("pool_in_flight"),
      "piscina": piscina.inFlight(),
    },
    most: 100_000,
    targets: { "CPython": 15, "piscina": 10 },
  },
  {
    name: "pool: map, 2 workers, chunk size 1",
    kind: "rate",
    contenders: {
      "ferry": pools.map(1),
      "CPython": cpython.measure("pool_map", { chunksize: 1 }),
    },
    most: 100_000,
    targets: { "CPython": 15 },
  },
  {
    name: "pool: map, 2 workers, default chunks",
    kind: "rate",
    contenders: { "ferry": pools.map(), "CPython": cpython.measure("pool_map") },
    most: 1_000_000,
    targets: { "CPython": 1 },
  },
  {
    name: "pool: map of 3 ms of work, 2 workers against 1",
    kind: "rate",
    contenders: { "2 workers": pools.busy(2), "1 worker": pools.busy(1) },
    most: 100,
    targets: { "1 worker": 1.8 },
  },
  {
    name: "pool: start of 2 workers against 1 process",
    kind: "time",
    contenders: { "2 workers": Pools.start(), "1 process": start },
    most: 2,
    targets: { "1 process": 1.3 },
  },
  {
    name: "manager: get, blocking",
    kind: "rate",
    contenders: {
      "ferry": managers.sync(({ dict }, key) => dict.getSync(key)),
      "CPython": cpython.measure("dict_get"),
    },
    targets: { "CPython": 3.5 },
  },
  {
    name: "manager: set, blocking",
    kind: "rate",
    contenders: {
      "ferry": managers.sync(({ dict }, key, i) => dict.setSync(key, i)),
      "CPython": cpython.measure("dict_set"),
    },
    targets: { "CPython": 3.5 },
  },
  {
    name: "manager: get, awaited",
    kind: "rate",
    contenders: {
      "ferry": managers.awaited("near", ({ dict }, key) => dict.get(key)),
      "CPython": cpython.measure("dict_get"),
    },
  },
  {
    name: "manager: get, 100 in flight",
    kind: "rate",
    contenders: {
      "ferry": managers.inFlight("near", ({ dict }, key) => dict.get(key)),
      "CPython": cpython.measure("dict_get"),
    },
    targets: { "CPython": 25 },
  },
  {
    name: "manager: set, 100 in flight",
    kind: "rate",
    contenders: {
      "ferry": managers.inFlight("near", ({ dict }, key, i) => dict.set(key, i)),
      "CPython": cpython.measure("dict_set"),
    },
    targets: { "CPython": 25 },
  },
  {
    name: "manager: queue, put and get, blocking",
    kind: "rate",
    contenders: {
      "ferry": managers.sync(({ queue }, _, i) => {
        queue.putSync(i);
        queue.getSync();
      }),
      "CPython": cpython.measure("manager_queue"),
    },
  },
  {
    name: "manager: lock, acquire and release, blocking",
    kind: "rate",
    contenders: {
      "ferry": managers.sync(({ lock }) => lock.acquireSync().release()),
      "CPython": cpython.measure("manager_lock"),
    },
  },
  {
    name: "manager: get through a socket, awaited",
    kind: "rate",
    contenders: {
      "ferry": managers.awaited("far", ({ dict }, key) => dict.get(key)),
      "CPython": cpython.measure("dict_get"),
    },
  },
  {
    name: "manager: get through a socket, 100 in flight",
    kind: "rate",
    contenders: {
      "ferry": managers.inFlight("far", ({ dict }, key) => dict.get(key)),
      "CPython": cpython.measure("dict_get"),
    },
  },
  {
    name: "map: get a number",
    kind: "rate",
    contenders: {
      "ferry": collections.get(),
      "Map": collections.plainGet(),
      "CPython Manager().dict": cpython.measure("dict_get"),
    },
    targets: { "CPython Manager().dict": 10 },
  },
  {
    name: "map: get {id, name}",
    kind: "rate",
    contenders: {
      "ferry": collections.getItem(),
      "CPython Manager().dict": cpython.measure("dict_get", { name: "items" }),
    },
    targets: { "CPython Manager().dict": 10 },
  },
  {
    name: "map: set a number",
    kind: "rate",
    contenders: {
      "ferry": collections.set(),
      "Map": collections.plainSet(),
      "CPython Manager().dict": cpython.measure("dict_set"),
    },
    targets: { "CPython Manager().dict": 10 },
  },
  {
    name: "map: set {id, name}",
    kind: "rate",
    contenders: {
      "ferry": collections.setItem(),
      "CPython Manager().dict": cpython.measure("dict_set_item"),
    },
    targets: { "CPython Manager().dict": 10 },
  },
  {
    name: "map: update, one more",
    kind: "rate",
    contenders: {
      "ferry": collections.update(),
      "CPython Manager().dict, Lock": cpython.measure("dict_update"),
    },
    targets: { "CPython Manager().dict, Lock": 10 },
  },
  {
    name: "map: set, 2 processes",
    kind: "rate",
    contenders: {
      "2 processes": collections.setTogether(2),
      "1 process": collections.setTogether(1),
      "CPython Manager().dict, 2": cpython.measure("dict_set_together", { processes: 2 }),
    },
    targets: { "1 process": 1.4, "CPython Manager().dict, 2": 10 },
  },
  {
    name: "broadcast: to 4 processes, {id, name}, deliveries",
    kind: "rate",
    contenders: {
      "ferry": collections.broadcast("get"),
      "ferry getMany": collections.broadcast("getMany"),
      "CPython, 4 pipes": cpython.measure("broadcast"),
      "BroadcastChannel, 100 at a time": channel.broadcast(),
    },
    most: 400_000,
    targets: { "CPython, 4 pipes": 3 },
  },
  {
    name: "queue between programs: 64 B one way",
    kind: "rate",
    contenders: { "ferry": named.oneWay, "CPython": cpython.measure("queue_one_way") },
    most: 300_000,
    targets: { "CPython": 5 },
  },
  {
    name: "pipe between programs: round trip, 64 B",
    kind: "time",
    contenders: {
      "ferry": named.roundTrip,
      "CPython": cpython.measure("round_trip", { size: 64 }),
    },
    targets: {},
  },
  {
    name: "shared memory: create, close, unlink",
    kind: "time",
    contenders: { "ferry": createUnlink, "CPython": cpython.measure("shared_memory_create") },
    targets: { "CPython": 1.2 },
  },
  {
    name: "shared memory: 64 MiB in and out",
    kind: "rate",
    bytes: 128 * MIB,
    most: 8,
    contenders: {
      "ferry": copy(64 * MIB),
      "arrays of one process": copyLocal(64 * MIB),
      "CPython": cpython.measure("shared_memory_copy", { size: 64 * MIB }),
    },
    targets: { "arrays of one process": 0.9 },
  },
  {
    name: "ShareableList: set",
    kind: "rate",
    contenders: { "ferry": listSet, "CPython": cpython.measure("shareable_list_set") },
    targets: { "CPython": 20 },
  },
  {
    name: "ShareableList: get",
    kind: "rate",
    contenders: { "ferry": listGet, "CPython": cpython.measure("shareable_list_get") },
    targets: { "CPython": 20 },
  },
  {
    name: "process: start until first message",
    kind: "time",
    contenders: {
      "ferry": start,
      "ferry, prestarted": startInSpare,
      "CPython (fork)": cpython.measure("start", { method: "fork" }),
      "CPython (spawn)": cpython.measure("start", { method: "spawn" }),
      "node Worker": PostMessage.starting({ node: true }),
      "web Worker": PostMessage.starting({ node: false }),
    },
    most: 2,
  },
];

const sizes = Array.from({ length: 11 }, (_, power) => 16 * 4 ** power);
const throughput: Row[] = sizes.map((size) => ({
  name: `throughput, ${size} B`,
  kind: "rate",
  bytes: size,
  most: Math.max(4, Math.floor(192 * MIB / size)),
  contenders: {
    "recvBytesInto": ferry.oneWayInto(size),
    "recvBytes": ferry.oneWay(size),
    ...(size < 32 * KIB ? {} : { "{ transfer: true }": ferry.oneWayMoved(size) }),
    "CPython": cpython.measure("one_way", { size }),
    "postMessage": web.oneWay("bytes", size),
    ...(size < 32 * KIB ? {} : { "postMessage, transfer": web.oneWay("moved", size) }),
  },
}));

const wanted = (row: Row) => only === undefined || row.name.includes(only);
const results: Result[] = [];
for (const row of rows.filter(wanted)) {
  const result = await measure(row, rounds);
  results.push(result);
  print(result);
}
const scaling: Result[] = [];
for (const row of throughput.filter(wanted)) {
  const result = await measure(row, rounds);
  scaling.push(result);
  const each = Object.entries(result.microseconds)
    .map(([name, us]) => `${name} ${(row.bytes! / us).toPrecision(3)}`);
  console.log(`${row.name} (MB/s): ${each.join(", ")}`);
}
const memory = only === undefined || "memory".includes(only) ? await memoryTable(cpython) : {};
if (Object.keys(memory).length > 0) {
  console.log("\nBytes of memory for each, idle:");
  console.table(memory);
}

const judged = results.flatMap(({ name, kind, ratios, targets }) =>
  Object.entries(targets).map(([peer, target]) => ({
    name,
    peer,
    ratio: ratios[peer]!,
    target,
    ok: reached(kind, ratios[peer]!, target),
  }))
);
console.log(`\n${judged.filter(({ ok }) => ok).length} of ${judged.length} targets reached`);
for (const { name, peer, ratio, target, ok } of judged) {
  if (!ok) console.log(`  missed: ${name}, ${peer}: ${round(ratio)}, target ${target}`);
}

if (only === undefined) {
  const about = await surroundings();
  await saveResults(
    "ipc.json",
    JSON.stringify({ ...about, rounds, rows: results, throughput: scaling, memory }, rounded, 1) +
      "\n",
  );
  await saveResults("throughput.svg", plot(scaling, about));
}

function print({ name, kind, microseconds, ratios, targets }: Result): void {
  console.log(name);
  const mark = kind === "rate" ? ">=" : "<=";
  for (const [peer, us] of Object.entries(microseconds)) {
    const ratio = ratios[peer];
    const target = targets[peer];
    const verdict = target === undefined
      ? ""
      : `  target ${mark} ${target}${reached(kind, ratio!, target) ? "" : "  MISSED"}`;
    const versus = ratio === undefined
      ? ""
      : `  ${kind === "rate" ? "ours is" : "ours takes"} ${round(ratio)}x`;
    console.log(
      `  ${peer.padEnd(24)} ${`${round(us)} us`.padStart(12)} ${
        `${round(1e3 / us)} k/s`.padStart(14)
      }${versus.padEnd(22)}${verdict}`,
    );
  }
}

function round(value: number): string {
  return value >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

function rounded(_key: string, value: unknown): unknown {
  return typeof value === "number" ? Number(value.toPrecision(4)) : value;
}

async function surroundings(): Promise<Record<string, string | number>> {
  const git = await new Deno.Command("git", { args: ["rev-parse", "--short", "HEAD"] }).output();
  const cpu = (await Deno.readTextFile("/proc/cpuinfo").catch(() => ""))
    .match(/^model name\s*: (.*)$/m)?.[1];
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: new TextDecoder().decode(git.stdout).trim(),
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    python: await pythonVersion(command),
    os: `${Deno.build.os} ${Deno.build.arch}`,
    cpu: cpu ?? "unknown",
    cores: navigator.hardwareConcurrency,
    load: Number(Deno.loadavg()[0]!.toFixed(1)),
  };
}
