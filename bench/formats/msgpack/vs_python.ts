// MessagePack here, in msgpackr, in @msgpack/msgpack and in Python's C extension, in alternating rounds of one run:
// medians, and ratios to each (more than 1 is faster here). Losing rows stay. Counted is the processor time of the
// whole process (so the collector's threads too), as it does not depend on who else runs on the machine.
// deno run -A bench/formats/msgpack/vs_python.ts [--rounds=15]; FERRY_PYTHON chooses the interpreter.

import { decode, encode } from "@ferry/std/formats/msgpack";
import process from "node:process";
import * as peer from "npm:@msgpack/msgpack@3.1.3";
import { Packr } from "npm:msgpackr@2.1.3";
import { median } from "../../median.ts";
import { option } from "../../option.ts";
import { messages, shapes } from "./corpus.ts";

const REPEAT = 2000;
const SCRIPT = String.raw`
import msgpack, sys, time
print(sys.version.split()[0], msgpack.version, msgpack.Packer.__module__, flush=True)
data = {}
for line in sys.stdin:
    name, path, repeat, task = line.rstrip("\n").split("\t")
    if name not in data:
        raw = open(path, "rb").read()
        data[name] = (raw, msgpack.unpackb(raw))
    raw, value = data[name]
    times = range(int(repeat))
    start = time.process_time()
    if task == "decode":
        for _ in times: result = msgpack.unpackb(raw)
    else:
        for _ in times: result = msgpack.packb(value)
    print(time.process_time() - start, flush=True)
    del result
`;

const rounds = Number(option("rounds") ?? 15);
const command = Deno.env.get("FERRY_PYTHON") ?? "/usr/bin/python3";
const packr = new Packr({ useRecords: false });
const folder = await Deno.makeTempDir();

/** A Python that does what a line says and answers with the seconds it took. */
class Python {
  static async start(): Promise<Python | undefined> {
    const probe = new Deno.Command(command, { args: ["-c", "import msgpack"], stderr: "null" });
    const found = await probe.output().then((output) => output.success, () => false);
    if (!found) {
      console.log(`skipped: ${command} has no msgpack (python3-msgpack; set FERRY_PYTHON)`);
      return undefined;
    }
    const python = new Python();
    console.log(`Python ${await python.#line()}`);
    return python;
  }

  readonly #child = new Deno.Command(command, {
    args: ["-c", SCRIPT],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  readonly #writer = this.#child.stdin.getWriter();
  readonly #lines = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  #rest = "";

  async #line(): Promise<string> {
    while (!this.#rest.includes("\n")) {
      const { value, done } = await this.#lines.read();
      if (done) throw new TypeError("Python ended early");
      this.#rest += value;
    }
    const end = this.#rest.indexOf("\n");
    const line = this.#rest.slice(0, end);
    this.#rest = this.#rest.slice(end + 1);
    return line;
  }

  async seconds(...words: (string | number)[]): Promise<number> {
    await this.#writer.write(new TextEncoder().encode(words.join("\t") + "\n"));
    return Number(await this.#line());
  }

  async stop(): Promise<void> {
    await this.#writer.close();
    await this.#lines.cancel();
    await this.#child.status;
  }
}

function seconds(repeat: number, run: () => unknown): number {
  const start = process.cpuUsage();
  for (let i = 0; i < repeat; i++) run();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

const python = await Python.start();
console.log(
  `Deno ${Deno.version.deno}, V8 ${Deno.version.v8}; ${rounds} rounds, medians in ms of processor time\n`,
);
console.log(
  "| task | here | pooled | msgpackr | @msgpack | Python | x msgpackr | x @msgpack | x Python |",
);
console.log("|---|---|---|---|---|---|---|---|---|");

const inputs: [string, unknown, number][] = [
  ...Object.entries(shapes).map(([name, make]): [string, unknown, number] => [name, make(), 1]),
  ...Object.entries(messages).map(([name, value]): [string, unknown, number] => [
    `${REPEAT} x ${name}`,
    value,
    REPEAT,
  ]),
];
for (const [name, value, repeat] of inputs) {
  const bytes = encode(value);
  const path = `${folder}/${name.replaceAll(" ", "_")}`;
  await Deno.writeFile(path, bytes);
  for (const task of ["decode", "encode"] as const) {
    const here = task === "decode" ? () => decode(bytes) : () => encode(value);
    const ways: (() => number | Promise<number>)[] = [
      () => seconds(repeat, here),
      // Decoding takes no memory that could be pooled.
      () => task === "decode" ? NaN : seconds(repeat, () => encode(value, { pooled: true })),
      () =>
        seconds(repeat, task === "decode" ? () => packr.unpack(bytes) : () => packr.pack(value)),
      () =>
        seconds(repeat, task === "decode" ? () => peer.decode(bytes) : () => peer.encode(value)),
      () => python?.seconds(name, path, repeat, task) ?? NaN,
    ];
    const times: number[][] = ways.map(() => []);
    for (let round = -3; round < rounds; round++) {
      for (let i = 0; i < ways.length; i++) {
        // Another one begins each round, so that nobody always cleans up after the same neighbour.
        const way = (i + round + ways.length) % ways.length;
        const time = await ways[way]!();
        if (round >= 0) times[way]!.push(time);
      }
    }
    const [own, pooled, ...others] = times.map((list) => median(list) * 1000);
    const show = (time: number): string => Number.isNaN(time) ? "-" : time.toFixed(2);
    const cells = [own!, pooled!, ...others].map(show);
    const ratios = others.map((time) => show(time / own!));
    console.log(`| ${task} ${name} (${bytes.length} B) | ${[...cells, ...ratios].join(" | ")} |`);
  }
}
await python?.stop();
await Deno.remove(folder, { recursive: true });
