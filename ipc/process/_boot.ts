/**
 * What runs in a new worker before the code of users.
 *
 * Order matters:
 *
 * 1. The kill switch is turned on, a web lock, and the process says that it runs. Before that it touches nothing that is
 *    shared, and a parent stops it by a word in the agent table. From then on it can be stopped at any moment, and
 *    everything that it holds is recorded.
 * 2. The modules with the target and with the classes of the arguments are imported; before them, only if there are shared
 *    objects among the arguments, the kinds of those and the reaper (`every_kind.ts`).
 * 3. The arguments are decoded: their classes are registered by now. What they refer to is kept alive by a word of the
 *    agent table until then.
 *    A closure comes by itself, through the last of the arguments (`closure.ts`).
 * 4. The target runs, and the process ends (`_exit.ts`). If it is killed instead, or the runtime ends it, its reaper reclaims
 *    what it holds (`reaper/reaper.ts`).
 */
import { setImmediate } from "node:timers";
import { getHeapStatistics } from "node:v8";
import { workerData } from "node:worker_threads";
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
import type { BootData } from "./_start_data.ts";
import { endChildren, identity, setCurrentProcess } from "./_identity.ts";
import { ProcessEnd } from "./_exit.ts";
import { say } from "./_report.ts";
import { onUncaught } from "./_uncaught.ts";
import { resolveTarget, type TargetFunction } from "./target.ts";
import { explainMissing } from "./target_function.ts";

const boot = workerData as BootData;
const { table } = joinArena(boot.buffer, boot.id);
const end = new ProcessEnd(boot, table);
const fail = (error: unknown) => {
  if ("source" in boot.target) explainMissing(error, boot.target);
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
    say(boot.name, `out of memory: its heap reached ${boot.maxHeap} MiB`);
    end.stop(1);
  }
}, 100);

// Kept for good: what the sentinel is tied to must live as long as the thread.
(globalThis as { [key: symbol]: unknown })[Symbol.for("ferry.sentinel")] = boot.sentinel;
openPort(boot.parentId, boot.data);

/**
 * Imports what not every process needs. The specifier is not written down in an `import()`: the runtime would read the files
 * for every process.
 */
function load(module: string): Promise<unknown> {
  return import(new URL(module, import.meta.url).href);
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
    locks.request(boot.lock, forever).catch(() => {});
  });
}

/** Says that this process runs, unless it was stopped before. */
async function sayStarted(): Promise<void> {
  // A worker that ends before the runtime knows that its main module was run is never quite freed: two files stay open.
  await new Promise((resolve) => setImmediate(resolve));
  // If it was refused, the entry may belong to another process by now.
  if (phaseOf(table, boot.id) === Phase.starting && serialOf(table, boot.id) === boot.serial) {
    leaveProbes(table, boot.id);
  }
  end.started = decideStart(table, boot.id, boot.serial, Phase.started);
  if (!end.started) end.stop(0);
  // The parent has marked this process as killed, and is about to stop it.
  if (agentWord(table, boot.id, STATE) !== AgentState.alive) await new Promise<never>(() => {});
}

/** Decodes the arguments. */
function takeArguments(): unknown[] {
  const { args, handles } = boot;
  const length = args.byteLength - (handles ? REFERENCES_BYTES : 0);
  const values = decode(new Uint8Array(args, 0, length)) as unknown[];
  dropSlot(table, agentIndex(boot.id, ARGUMENTS));
  // They may be large, and this object lasts as long as the worker.
  boot.args = new ArrayBuffer(0);
  return values;
}

/**
 * From the kill switch to the end of the target. Not awaited by this module: a worker that is stopped while its main module
 * awaits is never quite freed by the runtime.
 */
async function main(): Promise<void> {
  await holdKillSwitch();
  await sayStarted();
  setCurrentProcess(
    { name: boot.name, id: boot.id, daemon: boot.daemon },
    boot.parentId,
    boot.parentName,
  );
  let failed = false;
  try {
    identity.importing = true;
    if (boot.handles) await load("./every_kind.ts");
    for (const module of boot.imports) await import(module);
    let run: TargetFunction;
    let values: unknown[];
    if ("closure" in boot.target) {
      values = takeArguments();
      const { receiveClosure } = await load("./closure.ts") as typeof import("./closure.ts");
      run = await receiveClosure(values.pop() as Parameters<typeof receiveClosure>[0]);
      identity.importing = false;
    } else {
      run = await resolveTarget(boot.target);
      identity.importing = false;
      values = takeArguments();
    }
    end.outcome = { returned: await run(...values) };
  } catch (error) {
    if (end.over) return;
    failed = true;
    if ("source" in boot.target) explainMissing(error, boot.target);
    end.report(error);
  }
  await endChildren();
  end.exit(failed ? 1 : undefined);
}

main().catch(fail);
