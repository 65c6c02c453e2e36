// Processes inside processes, each with queues of its own.
import { currentProcess, parentProcess, Process, Queue } from "@ferry/std/ipc";

const LONG = { timeout: 60_000 };

/** What each process tells of itself. */
export type Introduction = [
  name: string,
  parent: string,
  daemon: boolean,
  id: number,
  parentId: number,
];

function introduce(who: Queue<Introduction>): void {
  const { name, id, daemon } = currentProcess();
  const parent = parentProcess()!;
  who.putSync([name, parent.name, daemon, id, parent.id]);
}

/** Has the work done by a process of its own, through queues of its own. */
export async function outer(
  who: Queue<Introduction>,
  results: Queue<number>,
  work: number[],
): Promise<void> {
  introduce(who);
  using mine = new Queue<number[]>();
  using back = new Queue<number>();
  mine.putSync(work);
  await using child = new Process({ module: import.meta.url, export: "inner" }, {
    args: [who, mine, back],
    name: "Inner",
  });
  child.start();
  for (let i = 0; i < work.length; i++) results.putSync(back.getSync(LONG));
  if (!child.joinSync(LONG) || child.exitCode !== 0) Deno.exit(50);
}

/** Shares the work among three processes, through a queue of its own. */
export async function inner(
  who: Queue<Introduction>,
  work: Queue<number[]>,
  results: Queue<number>,
): Promise<void> {
  introduce(who);
  using parts = new Queue<number>();
  for (const part of work.getSync(LONG)) parts.putSync(part);
  parts.shutdown();
  const pool = ["A", "B", "C"].map((name) =>
    new Process({ module: import.meta.url, export: "square" }, {
      args: [who, parts, results],
      name,
    })
  );
  for (const each of pool) each.start();
  for (const each of pool) if (!await each.join(LONG) || each.exitCode !== 0) Deno.exit(51);
}

/** Squares numbers until there are no more. */
export async function square(
  who: Queue<Introduction>,
  parts: Queue<number>,
  results: Queue<number>,
): Promise<void> {
  introduce(who);
  for await (const n of parts) results.putSync(n * n);
}
