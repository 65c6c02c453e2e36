/** The program of a project that uses the package as it comes from the registry. */
import { Process, Queue } from "@ferry/std/ipc";
import { parse } from "@ferry/std/formats/csv";
import * as yaml from "@ferry/std/formats/yaml";
import { dumps, loads } from "@ferry/std/persist/pickle";

using squares = new Queue<number>();
await using worker = new Process((squares: Queue<number>) => {
  for (let n = 1; n <= 3; n++) squares.putSync(n * n);
  squares.shutdown();
  return "done";
}, { args: [squares] });
worker.start();
const found: number[] = [];
for await (const square of squares.items({ signal: worker.signal })) found.push(square);
const rows = parse("name,price\ntea,2.5\n", { skipFirstRow: true, types: { price: "number" } });
console.log(JSON.stringify([
  found,
  await worker.result({ timeout: 60_000 }),
  rows[0]?.["price"],
  loads(dumps([1, "a"])),
  yaml.parse("a: [1, 2]"),
]));
