// YAML and TOML here and in CPython, in alternating rounds of one run: medians and their ratio, losing rows too.
// deno run -A bench/formats/yaml_toml_vs_python.ts [--size=N] [--rounds=N]
// FERRY_PYTHON chooses the interpreter; it needs tomllib (3.11) and PyYAML with its C loader.
import { parse as stdYaml } from "@std/yaml";
import * as toml from "@ferry/std/formats/toml";
import * as yaml from "@ferry/std/formats/yaml";
import { median } from "../median.ts";
import { option } from "../option.ts";
import { sampleAnchoredYaml, sampleToml, sampleYaml } from "./config_samples.ts";

const SCRIPT = String.raw`
import sys, time, tomllib, yaml
folder = sys.argv[1]
def text(name):
    return open(folder + "/" + name, encoding="utf-8", newline="").read()
class Loader(yaml.CSafeLoader): pass
Loader.add_constructor("!id", lambda loader, node: loader.construct_scalar(node))
plain, anchored, config = text("plain.yaml"), text("anchored.yaml"), text("config.toml")
value = yaml.load(plain, Loader)
TASKS = {
    "yaml parse": lambda: yaml.load(plain, Loader),
    "yaml parse, anchors and tags": lambda: yaml.load(anchored, Loader),
    "yaml stringify": lambda: yaml.dump(value, Dumper=yaml.CSafeDumper, sort_keys=False),
    "toml parse": lambda: tomllib.loads(config),
}
print(sys.version.split()[0] + ", PyYAML " + yaml.__version__, flush=True)
for name in sys.stdin:
    task = TASKS[name.strip()]
    start = time.perf_counter()
    result = task()
    print(time.perf_counter() - start, flush=True)
    del result
`;

const size = Number(option("size") ?? 1_000_000);
const rounds = Number(option("rounds") ?? 9);
const folder = await Deno.makeTempDir();
const plain = sampleYaml(size);
const anchored = sampleAnchoredYaml(size);
const config = sampleToml(size);
const value = yaml.parse(plain);
const tags = [{ tag: "!id", parse: (text: string) => text }];
await Deno.writeTextFile(`${folder}/plain.yaml`, plain);
await Deno.writeTextFile(`${folder}/anchored.yaml`, anchored);
await Deno.writeTextFile(`${folder}/config.toml`, config);

const tasks: Record<string, Record<string, () => unknown>> = {
  "yaml parse": { ferry: () => yaml.parse(plain), "@std/yaml": () => stdYaml(plain) },
  "yaml parse, anchors and tags": { ferry: () => yaml.parse(anchored, { tags }) },
  "yaml stringify": { ferry: () => yaml.stringify(value) },
  "toml parse": {
    ferry: () => toml.parse(config),
    "ferry, version 1.0": () => toml.parse(config, { version: "1.0" }),
  },
};

const child = new Deno.Command(Deno.env.get("FERRY_PYTHON") ?? "/usr/bin/python3", {
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

const version = await answer();
const rows: Record<string, string>[] = [];
for (const [task, contenders] of Object.entries(tasks)) {
  const python: number[] = [];
  const here = new Map(Object.keys(contenders).map((name) => [name, [] as number[]]));
  for (let round = 0; round < rounds + 2; round++) {
    await requests.write(new TextEncoder().encode(`${task}\n`));
    const seconds = Number(await answer());
    // The first two rounds warm up.
    if (round > 1) python.push(seconds * 1000);
    for (const [name, run] of Object.entries(contenders)) {
      const start = performance.now();
      run();
      if (round > 1) here.get(name)!.push(performance.now() - start);
    }
  }
  for (const [name, times] of here) {
    rows.push({
      task,
      reader: name,
      "Python ms": median(python).toFixed(1),
      "here ms": median(times).toFixed(1),
      "times faster": (median(python) / median(times)).toFixed(2),
    });
  }
}
await requests.close();
await child.status;
await Deno.remove(folder, { recursive: true });
console.log(`Deno ${Deno.version.deno}, Python ${version}, ${size} characters, ${rounds} rounds`);
console.table(rows);
