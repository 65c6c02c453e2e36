/**
 * What runs in a new worker before the code of users.
 *
 * Order matters:
 *
 * 1. What the runtime loads late is loaded. The kill switch is turned on, a web lock, and the process says that it runs. Before
 *    that it touches nothing that is shared, and a parent stops it by a word in the agent table. From then on it can be
 *    stopped at any moment, and everything that it holds is recorded.
 * 2. A spare, which was started in advance, loads what it may need, and waits for its order: what it is to run.
 * 3. The modules with the target and with the classes of the arguments are imported; before them, only if there are shared
 *    objects among the arguments, the kinds of those and the reaper (`every_kind.ts`).
 * 4. The arguments are decoded: their classes are registered by now. What they refer to is kept alive by a word of the
 *    agent table until then.
 *    A closure comes by itself, through the last of the arguments (`closure.ts`).
 * 5. The target runs, and the process ends (`_exit.ts`). If it is killed instead, or the runtime ends it, its reaper reclaims
 *    what it holds (`reaper/reaper.ts`).
 */
import { setImmediate } from "node:timers";
import { getHeapStatistics } from "node:v8";
import { parentPort, workerData } from "node:worker_threads";
import { ARGUMENTS, STATE } from "../kill_safe.ts";
import {
  agentIndex,
  AgentState,
  agentWord,
  decideStart,
  joinArena,
  Phase,
  phaseOf,
  serialOf,
} from "../memory/agent.ts";
import { dropSlot } from "../memory/references.ts";
import { REFERENCES_BYTES } from "../message/message_references.ts";
import { decode } from "../message/messages.ts";
import { openPort } from "../message/moved_buffers.ts";
import { leaveProbes } from "../reaper/liveness.ts";
import type { BootData, Order } from "./_start_data.ts";
import { endChildren, identity, setCurrentProcess } from "./_identity.ts";
import { ProcessEnd } from "./_exit.ts";
import { say } from "./_report.ts";
import { onUncaught } from "./_uncaught.ts";
import { resolveTarget } from "./target.ts";
import { explainMissing, type FunctionDescription, loadCompiler } from "./target_function.ts";
import { holdProgram, releaseProgram } from "../wait/wait.ts";
import { findSlices } from "../codec/text.ts";

const boot = workerData as BootData;
const { seat } = boot;
const { table } = joinArena(seat.buffer, seat.id);
const end = new ProcessEnd(
  seat,
  table,
  boot.order instanceof MessagePort ? "Spare" : boot.order!.name,
);
/** The function that this process runs, if it came as source text. */
let source: FunctionDescription | undefined;
const fail = (error: unknown) => {
  if (source !== undefined) explainMissing(error, source);
  end.fail(error);
};
onUncaught(fail);

/**
 * Out of memory, the engine stops the code that was running and raises the heap's limit a little, so that the worker
 * can end in good order; but one that holds a web lock does not end by itself. The raised limit tells.
 */
const heapLimit = getHeapStatistics().heap_size_limit;
setInterval(() => {
  if (getHeapStatistics().heap_size_limit > heapLimit) {
    say(end.name, `out of memory: its heap reached ${seat.maxHeap} MiB`);
    end.stop(1);
  }
}, 100);

// Kept for good: what the sentinel is tied to must live as long as the thread.
(globalThis as { [key: symbol]: unknown })[Symbol.for("ferry.sentinel")] = seat.sentinel;
openPort(seat.parentId, seat.data);

/**
 * Imports what not every process needs. The specifier is not written down in an `import()`: the runtime would read the files
 * for every process.
 */
function load(module: string): Promise<unknown> {
  return import(new URL(module, import.meta.url).href);
}

/**
 * Has the runtime load what it loads at first use, of all that this package is going to use: later this thread may be stopped at
 * any moment, and one that is stopped while the runtime loads a part of itself may take the whole program with it.
 */
function loadAhead(): void {
  holdProgram();
  releaseProgram();
  findSlices();
  const order = boot.order!;
  // A spare does not know yet whether it is to run a function.
  if (order instanceof MessagePort || "source" in order.target) loadCompiler();
}

/** Holds the web lock without which the runtime does not stop a busy thread, as long as this one lives. */
function holdKillSwitch(): Promise<void> {
  // The type library does not know Web Locks yet.
  const { locks } = navigator as unknown as {
    locks: { request(name: string, held: () => Promise<never>): Promise<never> };
  };
  return new Promise((held) => {
    const forever = () => {
      held();
      return new Promise<never>(() => {});
    };
    locks.request(seat.lock, forever).catch(() => {});
  });
}

/** Says that this process runs, unless it was stopped before. */
async function sayStarted(): Promise<void> {
  // A worker that ends before the runtime knows that its main module was run is never quite freed: two files stay open.
  await new Promise((resolve) => setImmediate(resolve));
  // If it was refused, the entry may belong to another process by now.
  if (phaseOf(table, seat.id) === Phase.starting && serialOf(table, seat.id) === seat.serial) {
    leaveProbes(table, seat.id);
  }
  end.started = decideStart(table, seat.id, seat.serial, Phase.started);
  if (!end.started) end.stop(0);
  // The parent has marked this process as killed, and is about to stop it.
  if (agentWord(table, seat.id, STATE) !== AgentState.alive) await new Promise<never>(() => {});
}

/** What this process is to run. A spare loads what it may need, says so, and waits. */
async function takeOrder(): Promise<Order> {
  const order = boot.order!;
  boot.order = undefined;
  if (!(order instanceof MessagePort)) return order;
  await load("./every_kind.ts");
  return await new Promise((resolve) => {
    order.onmessage = ({ data }) => {
      order.close();
      resolve(data);
    };
    parentPort!.postMessage("ready");
  });
}

/** Decodes the arguments. */
function takeArguments(order: Order): unknown[] {
  const { args, handles } = order;
  // They may be large, and the order lasts as long as the worker.
  order.args = new ArrayBuffer(0);
  const length = args.byteLength - (handles ? REFERENCES_BYTES : 0);
  const values = decode(new Uint8Array(args, 0, length)) as unknown[];
  dropSlot(table, agentIndex(seat.id, ARGUMENTS));
  return values;
}

/** Imports what comes before the target, and makes it ready to be called. */
async function prepare(order: Order): Promise<() => unknown> {
  identity.importing = true;
  if (order.handles) await load("./every_kind.ts");
  for (const module of order.imports) await import(module);
  if ("closure" in order.target) {
    const values = takeArguments(order);
    const { receiveClosure } = await load("./closure.ts") as typeof import("./closure.ts");
    const run = await receiveClosure(values.pop() as Parameters<typeof receiveClosure>[0]);
    identity.importing = false;
    return () => run(...values);
  }
  if ("source" in order.target) source = order.target;
  const run = await resolveTarget(order.target);
  identity.importing = false;
  const values = takeArguments(order);
  return () => run(...values);
}

/**
 * From the kill switch to the end of the target. Not awaited by this module: a worker that is stopped while its main module
 * awaits is never quite freed by the runtime.
 */
async function main(): Promise<void> {
  loadAhead();
  await holdKillSwitch();
  await sayStarted();
  let failed = false;
  try {
    const order = await takeOrder();
    end.name = order.name;
    setCurrentProcess(
      { name: order.name, id: seat.id, daemon: order.daemon },
      seat.parentId,
      seat.parentName,
    );
    const run = await prepare(order);
    end.outcome = { returned: await run() };
  } catch (error) {
    if (end.over) return;
    failed = true;
    if (source !== undefined) explainMissing(error, source);
    end.report(error);
  }
  await endChildren();
  end.exit(failed ? 1 : undefined);
}

main().catch(fail);
