/**
 * Marshal against CPython's marshal: `deno run -A bench/persist/marshal_vs_cpython.ts [--rounds=N] [--version=V]`.
 *
 * Both sides hold the same values and load the same bytes, CPython's. Rounds alternate between one Python process and
 * this one; the table gives medians and ratios of ours to CPython's, so that below 1 is faster than C. Needs `python3`
 * on the PATH, or a list of interpreters in `FERRY_PYTHONS` of which the first is taken.
 */
import { dumps, loads } from "@ferry/std/persist/marshal";
import { Float, tuple } from "@ferry/std/persist/types";
import { median } from "../median.ts";
import { option } from "../option.ts";

const SERVER = String.raw`
import marshal, sys, time, os
version = int(sys.argv[1]); folder = sys.argv[2]
n = 100000
values = {
  "1e6 ints": list(range(1000000)),
  "1e6 random ints": [(i * 2654435761 & 0xffffffff) - 2147483648 for i in range(1000000)],
  "1e6 floats": [i + 0.5 for i in range(1000000)],
  "dict, 1e5 str to float": {"key %d" % i: i / 7 for i in range(n)},
  "the same, here as Map": {"key %d" % i: i / 7 for i in range(n)},
  "1e5 records of 5": [{"id": i, "name": "user %d" % i, "score": i / 7, "active": i % 2 == 0, "tags": ["a", "b"]} for i in range(n)],
  "1e5 tuples of 3": [(i, "t%d" % i, None) for i in range(n)],
  "16 MB bytes": bytes(16 << 20),
  "1e5 ASCII strings": ["some text %d and more" % i for i in range(n)],
  "1e5 unicode strings": ["tęxt %d ünd möre" % i for i in range(n)],
  "set of 1e5 ints": set(range(n)),
  "dict, 1e5 int to int": {i: i + 1 for i in range(n)},
}
blobs = {}
for i, (name, value) in enumerate(values.items()):
  blobs[name] = marshal.dumps(value, version)
  with open(os.path.join(folder, str(i)), "wb") as f: f.write(blobs[name])
print("ready", sys.version.split()[0], flush=True)
for line in sys.stdin:
  for name, value in values.items():
    blob = blobs[name]
    a = time.perf_counter(); x = marshal.dumps(value, version); b = time.perf_counter()
    del x
    c = time.perf_counter(); x = marshal.loads(blob); d = time.perf_counter()
    del x
    print((b - a) * 1000, (d - c) * 1000, flush=True)
`;

const rounds = Number(option("rounds") ?? 9);
const version = Number(option("version") ?? 4);
const n = 100_000;
// `i + 0.5` and `i / 7` are floats to Python whatever their value.
const float = (value: number) => Number.isInteger(value) ? new Float(value) : value;
const values: Record<string, unknown> = {
  "1e6 ints": Array.from({ length: 1_000_000 }, (_, i) => i),
  "1e6 random ints": Array.from(
    { length: 1_000_000 },
    (_, i) => (Math.imul(i, 2654435761) >>> 0) - 2147483648,
  ),
  "1e6 floats": Array.from({ length: 1_000_000 }, (_, i) => i + 0.5),
  "dict, 1e5 str to float": Object.fromEntries(
    Array.from({ length: n }, (_, i) => [`key ${i}`, float(i / 7)]),
  ),
  "the same, here as Map": new Map(
    Array.from({ length: n }, (_, i) => [`key ${i}`, float(i / 7)]),
  ),
  "1e5 records of 5": Array.from({ length: n }, (_, i) => ({
    id: i,
    name: `user ${i}`,
    score: float(i / 7),
    active: i % 2 === 0,
    tags: ["a", "b"],
  })),
  "1e5 tuples of 3": Array.from({ length: n }, (_, i) => tuple(i, `t${i}`, null)),
  "16 MB bytes": new Uint8Array(16 << 20),
  "1e5 ASCII strings": Array.from({ length: n }, (_, i) => `some text ${i} and more`),
  "1e5 unicode strings": Array.from({ length: n }, (_, i) => `tęxt ${i} ünd möre`),
  "set of 1e5 ints": new Set(Array.from({ length: n }, (_, i) => i)),
  "dict, 1e5 int to int": new Map(Array.from({ length: n }, (_, i) => [i, i + 1])),
};

/** Ours, CPython's, and the ratios; the best rounds tell what other programs on the machine do not. */
function cells(ours: number[], theirs: number[]): string {
  const [a, b] = [median(ours), median(theirs)];
  const best = Math.min(...ours) / Math.min(...theirs);
  return [a.toFixed(1), b.toFixed(1), (a / b).toFixed(2), best.toFixed(2)].join(" | ");
}

function time(run: () => unknown): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

const folder = await Deno.makeTempDir({ prefix: "ferry_marshal_" });
try {
  const python = Deno.env.get("FERRY_PYTHONS")?.split(/[:,\s]+/)[0] ?? "python3";
  const child = new Deno.Command(python, {
    args: ["-c", SERVER, String(version), folder],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(splitLines())
    .getReader();
  const ask = child.stdin.getWriter();
  const ready = (await lines.read()).value ?? "";
  const names = Object.keys(values);
  const blobs = names.map((_, i) => Deno.readFileSync(`${folder}/${i}`));
  const samples = names.map(() => [[], [], [], []] as number[][]);
  for (let round = 0; round < rounds; round++) {
    for (const [i, name] of names.entries()) {
      const value = values[name];
      samples[i]![0]!.push(time(() => dumps(value, { version })));
      const dicts = value instanceof Map ? "map" : "auto";
      samples[i]![1]!.push(time(() => loads(blobs[i]!, { dicts })));
    }
    await ask.write(new TextEncoder().encode("go\n"));
    for (const row of samples) {
      const [dump, load] = ((await lines.read()).value ?? "").split(" ").map(Number);
      row[2]!.push(dump!);
      row[3]!.push(load!);
    }
  }
  await ask.close();
  await child.status;
  await lines.cancel();
  console.log(
    `marshal version ${version}, CPython ${ready.split(" ")[1]}, Deno ${Deno.version.deno}, ` +
      `${rounds} rounds, medians in ms; ratio = ours / CPython's, of medians and of best rounds`,
  );
  console.log("| value | dumps | CPython | ratio | best | loads | CPython | ratio | best |");
  console.log("|---|---|---|---|---|---|---|---|---|");
  for (const [i, name] of names.entries()) {
    const [dump, load, dumpC, loadC] = samples[i]! as [number[], number[], number[], number[]];
    console.log(`| ${name} | ${cells(dump, dumpC)} | ${cells(load, loadC)} |`);
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}

function splitLines(): TransformStream<string, string> {
  let rest = "";
  return new TransformStream({
    transform(chunk, controller) {
      const parts = (rest + chunk).split("\n");
      rest = parts.pop()!;
      for (const part of parts) controller.enqueue(part);
    },
  });
}
