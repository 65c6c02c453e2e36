// CSV and JSON here and in CPython, in alternating rounds of one run: medians and their ratio, losing rows too.
// deno run -A bench/formats/csv_vs_python.ts [--rows N] [--rounds N] [--save]; FERRY_PYTHON chooses the interpreter, and
// --save writes bench/results/csv.json.
import * as std from "@std/csv";
import { parse, stringify } from "@ferry/std/formats/csv";
import * as json from "@ferry/std/formats/json";
// @ts-types="npm:@types/papaparse@5.5.2"
import Papa from "npm:papaparse@5.7.1";
import { median } from "../median.ts";
import { about, saveJson } from "../save.ts";
import { sampleCsv, sampleObjects } from "./sample_data.ts";

const SCRIPT = String.raw`
import csv, io, json, sys, time
folder = sys.argv[1]
def text(name):
    return open(folder + "/" + name, encoding="utf-8", newline="").read()
texts = {kind: text(kind + ".csv") for kind in ("plain", "quoted")}
rows = {kind: list(csv.reader(io.StringIO(t, newline=""))) for kind, t in texts.items()}
dicts = {kind: list(csv.DictReader(io.StringIO(t, newline=""))) for kind, t in texts.items()}
document = text("objects.json")
value = json.loads(document)
lines = text("objects.jsonl").splitlines()
def write(kind):
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows[kind])
    return out.getvalue()
def write_dicts(kind):
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, dicts[kind][0].keys())
    writer.writeheader()
    writer.writerows(dicts[kind])
    return out.getvalue()
TASKS = {
    "json parse": lambda: json.loads(document),
    "json object hook": lambda: json.loads(document, object_hook=lambda o: o),
    "json pairs hook": lambda: json.loads(document, object_pairs_hook=lambda p: p),
    "json stringify": lambda: json.dumps(value, separators=(",", ":"), ensure_ascii=False),
    "json sorted keys": lambda: json.dumps(value, separators=(",", ":"), ensure_ascii=False, sort_keys=True),
    "json lines": lambda: [json.loads(line) for line in lines],
}
for kind in texts:
    TASKS["csv rows, " + kind] = lambda k=kind: list(csv.reader(io.StringIO(texts[k], newline="")))
    TASKS["csv objects, " + kind] = lambda k=kind: list(csv.DictReader(io.StringIO(texts[k], newline="")))
    TASKS["csv write rows, " + kind] = lambda k=kind: write(k)
    TASKS["csv write objects, " + kind] = lambda k=kind: write_dicts(k)
print(sys.version.split()[0], flush=True)
for name in sys.stdin:
    task = TASKS[name.strip()]
    start = time.perf_counter()
    result = task()
    print(time.perf_counter() - start, flush=True)
    del result
`;

function option(name: string, otherwise: number): number {
  const at = Deno.args.indexOf(`--${name}`);
  return at === -1 ? otherwise : Number(Deno.args[at + 1]);
}

const rowCount = option("rows", 150_000);
const rounds = option("rounds", 7);
const folder = await Deno.makeTempDir();
const texts = { plain: sampleCsv(rowCount, false), quoted: sampleCsv(rowCount, true) };
const objects = sampleObjects(Math.floor(rowCount / 2));
const document = JSON.stringify(objects);
const lines = objects.map((object) => JSON.stringify(object)).join("\n");
for (const [kind, text] of Object.entries(texts)) {
  await Deno.writeTextFile(`${folder}/${kind}.csv`, text);
}
await Deno.writeTextFile(`${folder}/objects.json`, document);
await Deno.writeTextFile(`${folder}/objects.jsonl`, lines);

const child = new Deno.Command(Deno.env.get("FERRY_PYTHON") ?? "python3", {
  args: ["-c", SCRIPT, folder],
  stdin: "piped",
  stdout: "piped",
}).spawn();
const answers = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
const requests = child.stdin.getWriter();

/** The next line from Python; it answers each request with one. */
async function answer(): Promise<string> {
  let line = "";
  while (!line.endsWith("\n")) {
    const { value, done } = await answers.read();
    if (done) throw new TypeError("Python ended early");
    line += value;
  }
  return line.trim();
}

async function inPython(task: string): Promise<number> {
  await requests.write(new TextEncoder().encode(`${task}\n`));
  return Number(await answer()) * 1000;
}

function here(task: () => unknown): number {
  const start = performance.now();
  task();
  return performance.now() - start;
}

interface Task {
  readonly ours: () => unknown;
  readonly peers: Record<string, () => unknown>;
}

const tasks: Record<string, Task> = {};
for (const kind of ["plain", "quoted"] as const) {
  const text = texts[kind];
  // Like Python's, these strings are of their own, not slices of the text.
  const rows: string[][] = JSON.parse(JSON.stringify(parse(text)));
  const dicts: Record<string, string>[] = JSON.parse(
    JSON.stringify(parse(text, { skipFirstRow: true })),
  );
  tasks[`csv rows, ${kind}`] = {
    ours: () => parse(text),
    peers: { "papaparse 5.7.1": () => Papa.parse(text), "@std/csv 1.0.6": () => std.parse(text) },
  };
  tasks[`csv objects, ${kind}`] = {
    ours: () => parse(text, { skipFirstRow: true }),
    peers: {
      "papaparse 5.7.1": () => Papa.parse(text, { header: true }),
      "@std/csv 1.0.6": () => std.parse(text, { skipFirstRow: true }),
    },
  };
  tasks[`csv write rows, ${kind}`] = {
    ours: () => stringify(rows),
    peers: {
      "papaparse 5.7.1": () => Papa.unparse(rows),
      "@std/csv 1.0.6": () => std.stringify(rows),
    },
  };
  tasks[`csv write objects, ${kind}`] = {
    ours: () => stringify(dicts),
    peers: {
      "papaparse 5.7.1": () => Papa.unparse(dicts),
      "@std/csv 1.0.6": () => std.stringify(dicts, { columns: Object.keys(dicts[0]!) }),
    },
  };
}
tasks["json parse"] = { ours: () => json.parse(document), peers: {} };
tasks["json object hook"] = {
  ours: () => json.parse(document, { objectHook: (object) => object }),
  peers: { "JSON.parse, reviver": () => JSON.parse(document, (_, value) => value) },
};
tasks["json pairs hook"] = {
  ours: () => json.parse(document, { objectPairsHook: (pairs) => pairs }),
  peers: {},
};
tasks["json stringify"] = { ours: () => json.stringify(objects), peers: {} };
tasks["json sorted keys"] = { ours: () => json.stringify(objects, { sortKeys: true }), peers: {} };
tasks["json lines"] = {
  ours: () => lines.split("\n").map((line) => json.parse(line)),
  peers: {},
};

const version = await answer();
const python = `CPython ${version}`;
const size = (text: string): string => `${(text.length / 1e6).toFixed(0)} MB`;
const sizes = {
  csv: `${size(texts.plain)} plain, ${size(texts.quoted)} quoted`,
  json: size(document),
};
console.log(
  `Deno ${Deno.version.deno}, ${python}, CSV ${sizes.csv}, JSON ${sizes.json}, median of ${rounds} rounds; ` +
    "above 1 = faster than Python",
);
console.log("| task | Python ms | here ms | here | peers |\n| --- | --: | --: | --: | --- |");
const rows: { task: string; figures: Record<string, number> }[] = [];
for (const [task, { ours, peers }] of Object.entries(tasks)) {
  const times: Record<string, number[]> = { ferry: [], [python]: [] };
  for (const peer of Object.keys(peers)) times[peer] = [];
  // The first round warms up, and is not counted.
  for (let round = 0; round <= rounds; round++) {
    const measured: Record<string, number> = { [python]: await inPython(task), ferry: here(ours) };
    for (const [peer, run] of Object.entries(peers)) measured[peer] = here(run);
    if (round > 0) { for (const [who, time] of Object.entries(measured)) times[who]!.push(time); }
  }
  const figures = Object.fromEntries(
    Object.entries(times).map(([who, all]) => [who, Number(median(all).toFixed(1))]),
  );
  rows.push({ task, figures });
  const ratio = (who: string): string => (figures[python]! / figures[who]!).toFixed(2);
  console.log(
    `| ${task} | ${figures[python]} | ${figures["ferry"]} | ${ratio("ferry")} | ${
      Object.keys(peers).map((peer) => `${peer} ${ratio(peer)}`).join(", ")
    } |`,
  );
}
await requests.close();
await child.status;
await answers.cancel();
await Deno.remove(folder, { recursive: true });
const note = { ...await about(), python: version, rounds, unit: "ms", sizes, rows };
await saveJson("csv.json", note);
