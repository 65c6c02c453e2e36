/** The child of `limited.ts`: reads jobs from its input, one after another, and answers with what each cost. */
import * as marshal from "@ferry/std/persist/marshal";
import * as pickle from "@ferry/std/persist/pickle";
import type { Cost, Job } from "./limited.ts";

// What a program would register: a class, an enum, a constant, a function.
class Plain {
  x: unknown = undefined;
}
pickle.register("app", "Plain", { type: Plain });
pickle.register("app", "wrap", { load: (args) => args.slice() });
pickle.register("app", "LIMITS", { value: { most: 1, names: ["a"] } });
pickle.register("app", "call", { value: () => new Promise(() => {}) });
pickle.registerEnum("app", "Color", { members: { RED: 1, GREEN: 2, BLUE: 4 }, flag: true });

/** Sets the high-water mark of this process's memory back to what it has now. */
function resetPeak(): void {
  try {
    Deno.writeTextFileSync("/proc/self/clear_refs", "5");
  } catch {
    // Not on this system.
  }
}

function peak(): number {
  try {
    const match = /VmHWM:\s+(\d+) kB/.exec(Deno.readTextFileSync("/proc/self/status"));
    return Number(match?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Processor time of this process in milliseconds, all threads. */
function clock(): number {
  try {
    const fields = Deno.readTextFileSync("/proc/self/stat").split(") ")[1]!.split(" ");
    return (Number(fields[11]) + Number(fields[12])) * 10;
  } catch {
    return performance.now();
  }
}

function stream(bytes: Uint8Array, chunk: number): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at += chunk));
    },
  });
}

async function run(job: Job, bytes: Uint8Array): Promise<unknown> {
  const { chunk = 4096 } = job;
  if (job.format === "tools") {
    if (bytes.length < 1 << 20) { for (const _ of pickle.genops(bytes)); }
    pickle.optimize(bytes);
    return pickle.dis(bytes);
  }
  if (job.format === "marshal") {
    if (job.how === "loads") return marshal.loads(bytes, job.options);
    return await marshal.load(stream(bytes, chunk), job.options);
  }
  if (job.how === "loads") return pickle.loads(bytes, job.options);
  if (job.how === "load") return await pickle.load(stream(bytes, chunk), job.options);
  const values: unknown[] = [];
  for await (const value of pickle.loadAll(stream(bytes, chunk), job.options)) values.push(value);
  return values;
}

function outcomeOf(error: unknown): string {
  if (error instanceof pickle.UnpicklingError) return "UnpicklingError";
  if (error instanceof marshal.UnmarshallingError) return "UnmarshallingError";
  if (error instanceof Deno.errors.UnexpectedEof) return "UnexpectedEof";
  return `fault: ${error}`.slice(0, 300);
}

async function answer(job: Job, bytes: Uint8Array): Promise<Cost> {
  resetPeak();
  const start = clock();
  let outcome = "value";
  let value: unknown;
  try {
    value = await run(job, bytes);
  } catch (error) {
    outcome = outcomeOf(error);
  }
  const cost = { outcome, milliseconds: clock() - start, mebibytes: peak() };
  return value === bytes ? { ...cost, outcome: "fault: the input itself" } : cost;
}

// Both readers are compiled and warm before the first input counts.
for (let i = 0; i < 200; i++) {
  pickle.loads(pickle.dumps({ i, list: [i, "text", 1.5] }));
  marshal.loads(marshal.dumps({ i, list: [i, "text", 1.5] }));
}

/** Reads exactly so many bytes of the input; false at its end. */
async function fill(into: Uint8Array): Promise<boolean> {
  for (let at = 0; at < into.length;) {
    const size = await Deno.stdin.read(into.subarray(at));
    if (size === null) return false;
    at += size;
  }
  return true;
}

// A job is the size of its head, its head and its bytes.
const size = new Uint8Array(4);
while (await fill(size)) {
  const head = new Uint8Array(new DataView(size.buffer).getUint32(0));
  await fill(head);
  const job = JSON.parse(new TextDecoder().decode(head)) as Job & { size: number };
  const bytes = new Uint8Array(job.size);
  await fill(bytes);
  const cost = await answer(job, bytes);
  await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(cost) + "\n"));
}
