/**
 * 3. A closure sent to a process: twice, as a `Process` of this program and as a file that another program runs.
 *
 * ```sh
 * deno run --allow-sys --allow-read --allow-write --allow-run examples/dill/03_closure_to_process.ts
 * ```
 */
import { Process, SharedValue } from "@ferry/std/ipc";
import { dump, inspect } from "@ferry/std/persist/dill";
import { fileURLToPath } from "node:url";

class Basket {
  #items = new Map<string, number>();
  add(name: string, price: number): this {
    this.#items.set(name, price);
    return this;
  }
  get total(): number {
    return [...this.#items.values()].reduce((sum, price) => sum + price, 0);
  }
}

const basket = new Basket().add("tea", 2.5).add("milk", 1.25);
let discounts = 0;
const discount = (percent: number) => {
  discounts++;
  return basket.total * (100 - percent) / 100;
};

// A thread of this program: the basket is copied with its private items, the shared value is the same one.
using lowest = new SharedValue("float64", Infinity);
const search = () => {
  for (const percent of [5, 20, 10]) lowest.update((price) => Math.min(price, discount(percent)));
  return discounts;
};
await using worker = new Process(search, { capture: true });
worker.start();
console.log(
  `the process computed ${await worker.result()} discounts, the lowest price is ${lowest.value}`,
);
console.log(`here ${discounts} were computed`);

// Another program: it has the file, and the key that the dump is signed with.
const RECEIVER = `
import { load } from "@ferry/std/persist/dill";

const [path, key] = Deno.args;
using file = await Deno.open(path);
const discount = await load(file, { key });
console.log("another program computed", discount(50));
`;
const folder = await Deno.makeTempDir();
try {
  const path = `${folder}/discount.dill`;
  const key = crypto.randomUUID();
  {
    using file = await Deno.open(path, { write: true, create: true });
    await dump(discount, file, { key });
  }
  const { code, signed } = inspect(await Deno.readFile(path));
  console.log(
    `${signed ? "signed" : "unsigned"}, with ${code.map(({ name }) => name).join(" and ")}`,
  );

  await Deno.writeTextFile(`${folder}/receiver.ts`, RECEIVER);
  const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
  await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      `--config=${config}`,
      `--allow-read=${path}`,
      `${folder}/receiver.ts`,
      path,
      key,
    ],
    stdout: "inherit",
    stderr: "inherit",
  }).spawn().status;
} finally {
  await Deno.remove(folder, { recursive: true });
}
