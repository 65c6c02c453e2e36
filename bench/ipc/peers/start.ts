/** How long a process takes until it is heard of. */
import { type Connection, Pipe, Process } from "@ferry/std/ipc";

/** The whole life of a process in the start row: it says hello. */
export function hello(connection: Connection): void {
  connection.sendSync("hello");
}

/** From the constructor until the process has been heard of. */
export async function start(n: number): Promise<number> {
  let total = 0;
  for (let i = 0; i < n; i++) {
    const [here, there] = new Pipe();
    const begin = performance.now();
    const process = new Process({ module: import.meta.url, export: "hello" }, { args: [there] });
    process.start();
    here.recvSync();
    total += performance.now() - begin;
    await process.join();
    here.close();
  }
  return total / 1000;
}

/** The same in workers that were started in advance, which is not measured. */
export async function startInSpare(n: number): Promise<number> {
  let total = 0;
  for (let i = 0; i < n; i++) {
    await using spares = Process.prestart(1);
    await spares.ready();
    total += await start(1);
  }
  return total;
}
