/** How much memory idle objects take. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Lock, Process, Queue, share, type SharedObject } from "@ferry/std/ipc";
import type { CPython } from "./cpython.ts";

const OBJECTS = 1000;
const PROCESSES = 8;

/** Bytes for each. */
export interface Footprint {
  /** In the program's shared memory. */
  "shared memory"?: number;
  /** In the heap of the thread that made it. */
  "heap"?: number;
  /** Growth of the whole program's resident memory. */
  "resident": number;
  /** The same of CPython: for a process, what its child has for itself. */
  "CPython": number;
}

/** Measures a Queue, a Lock and a Process. */
export async function memoryTable(cpython: CPython): Promise<Record<string, Footprint>> {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const theirs = await cpython.ask("memory") as Record<string, number>;
  return {
    "Queue": { ...objects(() => new Queue(), collect), "CPython": theirs.Queue! },
    "Lock": { ...objects(() => new Lock(), collect), "CPython": theirs.Lock! },
    "Process": { "resident": await processes(), "CPython": theirs.Process! },
  };
}

function objects(make: () => SharedObject, collect: () => void): Omit<Footprint, "CPython"> {
  // Those that come first take places that are free.
  const before = Array.from({ length: 100 }, make);
  collect();
  const start = Deno.memoryUsage();
  const made = Array.from({ length: OBJECTS }, make);
  collect();
  const end = Deno.memoryUsage();
  const lines = share(made.at(-1)!).line - share(made[0]!).line;
  for (const object of [...before, ...made]) object[Symbol.dispose]();
  return {
    "shared memory": Math.round(lines * 64 / (OBJECTS - 1)),
    "heap": Math.round((end.heapUsed - start.heapUsed) / OBJECTS),
    "resident": Math.round((end.rss - start.rss) / OBJECTS),
  };
}

/** Keeps a process until it is stopped. */
export function idle(running: Queue<string>): void {
  running.putSync("running");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

async function processes(): Promise<number> {
  using running = new Queue<string>();
  const start = Deno.memoryUsage().rss;
  const made: Process<[Queue<string>]>[] = [];
  for (let i = 0; i < PROCESSES; i++) {
    const process = new Process<[Queue<string>]>(
      { module: import.meta.url, export: "idle" },
      { args: [running] },
    );
    process.start();
    running.getSync();
    made.push(process);
  }
  const end = Deno.memoryUsage().rss;
  for (const process of made) await process[Symbol.asyncDispose]();
  return Math.round((end - start) / PROCESSES);
}
