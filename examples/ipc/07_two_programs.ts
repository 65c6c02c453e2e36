// deno run --allow-read --allow-ffi --allow-run examples/ipc/07_two_programs.ts
/**
 * Two programs that share a queue and a map by their names. The second one is killed in the middle of its work; a third takes
 * its place, and goes on with what is left.
 */
import { Queue, SharedEvent, SharedMap } from "@ferry/std/ipc";
import "@ferry/std/ipc/shared-memory"; // opens names

/** What all the programs share. `name` tells it from that of other programs. */
function open(name: string) {
  return {
    numbers: new Queue<number>({ name: `${name}-numbers` }),
    squares: new SharedMap<number, number>(null, { name: `${name}-squares` }),
    paused: new SharedEvent({ name: `${name}-paused` }),
  };
}

async function work(name: string, most: number): Promise<void> {
  const { numbers, squares, paused } = open(name);
  let done = 0;
  for await (const n of numbers) {
    squares.set(n, n * n);
    if (++done < most) continue;
    // Here it is killed.
    paused.set();
    await new Promise(() => setInterval(() => {}, 1000));
  }
}

async function main(): Promise<void> {
  const name = `example-${Deno.pid}`;
  const { numbers, squares, paused } = open(name);
  await numbers.putMany(Array.from({ length: 1000 }, (_, n) => n));
  const start = (most: number) =>
    new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--quiet",
        "--allow-ffi",
        "--allow-read",
        import.meta.filename!,
        name,
        `${most}`,
      ],
    }).spawn();

  const second = start(300);
  await paused.wait();
  second.kill("SIGKILL");
  await second.status;
  console.log(`killed, having done ${squares.size}; ${numbers.size} are left`);

  const third = start(Infinity);
  numbers.shutdown();
  const { success } = await third.status;
  let sum = 0;
  for (const square of squares.values()) sum += square;
  console.log(`${squares.size} squares, their sum is ${sum}; ended well: ${success}`);
}

if (Deno.args.length > 0) await work(Deno.args[0]!, Number(Deno.args[1]));
else await main();
