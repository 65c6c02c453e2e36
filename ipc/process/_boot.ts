/**
 * What runs in a fresh worker before the user's code, and after it.
 *
 * Order matters: the kill switch is on (web lock held) and the arguments are taken over before any user code runs, so
 * from then on the worker can be stopped in any state, and everything it holds is on record. At its end, however that
 * comes about (return, throw, `Deno.exit`), it gives back what it holds itself; only when it is killed, or the runtime ends
 * it, others do so (`reaper/reaper.ts`).
 */
import { ARGUMENTS, EXIT_CODE, STATE } from "../kill_safe.ts";
import { getHeapStatistics } from "node:v8";
import { workerData } from "node:worker_threads";
import {
  agentIndex,
  AgentState,
  agentWord,
  decideStart,
  joinArena,
  markChildrenKilled,
  Phase,
  phaseOf,
  serialOf,
  setAgentWord,
} from "../memory/agent.ts";
import { activeChildren, endChildren } from "./_children.ts";
import { identity, setCurrentProcess } from "./_identity.ts";
import { ringDoorbell } from "../memory/doorbell.ts";
import { reclaim, reclaimLocks, wakeEverybody } from "../reaper/reclaim.ts";
import { dropSlot, forgetAll } from "../memory/references.ts";
import { decode } from "../message/messages.ts";
import { openPort } from "../message/moved_buffers.ts";
import { REFERENCES_BYTES } from "../message/message_references.ts";
import { leaveProbes } from "../reaper/liveness.ts";
import { resolveTarget, type TargetDescription } from "./_target.ts";
import "../mod.ts"; // every kind of shared object can be an argument

/** What the parent hands over. */
export interface BootData {
  readonly buffer: SharedArrayBuffer;
  readonly id: number;
  /** Which use of its table entry it is. */
  readonly serial: number;
  readonly lock: string;
  readonly name: string;
  readonly daemon: boolean;
  readonly maxHeap: number;
  readonly parentId: number;
  readonly parentName: string;
  readonly target: TargetDescription;
  args: ArrayBuffer;
  /** Whether the arguments end with the line of their references. */
  readonly handles: boolean;
  /** Closes when this thread comes down, never used for messages: a hint to look whether it has. */
  readonly sentinel: MessagePort;
  /** Carries large buffers to and from the parent. */
  readonly data: MessagePort;
}

const boot = workerData as BootData;
const { table } = joinArena(boot.buffer, boot.id);
const exit = Deno.exit;
let started = false;
let over = false;

function end(code: number): void {
  if (over) return;
  over = true;
  // The table entry is not, or not any more, this thread's.
  if (!started) return;
  setAgentWord(table, boot.id, EXIT_CODE, code);
  if (markChildrenKilled(table, boot.id)) wakeEverybody();
  forgetAll();
  reclaimLocks(boot.id);
  reclaim(boot.id);
  // Stopped this very moment, it is left to the reaper, who does the same once more.
  const state = agentIndex(boot.id, STATE);
  Atomics.compareExchange(table, state, AgentState.alive, AgentState.gone);
  Atomics.notify(table, state);
  ringDoorbell();
}

Deno.exit = ((code?: unknown) => {
  const number = exitCodeOf(code);
  end(number);
  exit(number);
}) as typeof Deno.exit;

/** As the runtime reads it, an int32. What cannot be read so is reported, as Python does, and means 1. */
function exitCodeOf(code: unknown): number {
  if (code === undefined || code === null) return Deno.exitCode;
  try {
    return (code as number) | 0;
  } catch (error) {
    report(error);
    return 1;
  }
}

/** Reports an error nobody caught, as Python does, and ends. */
function fail(error: unknown): void {
  if (over) return;
  report(error);
  end(1);
  exit(1);
}

function report(error: unknown): void {
  say(error instanceof Error ? Deno.inspect(error) : `Uncaught ${Deno.inspect(error)}`);
}

function say(text: string): void {
  // Straight to the file descriptor: nothing buffered can be lost by the exit that follows.
  writeAll(new TextEncoder().encode(`${boot.name}: ${text}\n`));
}

function writeAll(bytes: Uint8Array): void {
  try {
    while (bytes.length > 0) bytes = bytes.subarray(Deno.stderr.writeSync(bytes));
  } catch {
    // A closed stderr does not change how the process ends.
  }
}

/** The last to be told of what nobody caught: code of the user's own may have dealt with it. */
const uncaught = {
  error(event: ErrorEvent): void {
    if (event.defaultPrevented) return;
    event.preventDefault();
    fail(event.error);
  },
  unhandledrejection(event: PromiseRejectionEvent): void {
    if (event.defaultPrevented) return;
    event.preventDefault();
    fail(event.reason);
  },
};
const { addEventListener, removeEventListener } = globalThis;
function comeLast(): void {
  removeEventListener("error", uncaught.error);
  removeEventListener("unhandledrejection", uncaught.unhandledrejection);
  addEventListener("error", uncaught.error);
  addEventListener("unhandledrejection", uncaught.unhandledrejection);
}
comeLast();
globalThis.addEventListener = ((...args: Parameters<typeof addEventListener>) => {
  addEventListener(...args);
  comeLast();
}) as typeof addEventListener;

/**
 * Out of memory, the engine stops the code that was running and raises the heap's limit a little, so that the worker
 * can end in good order; but one that holds a web lock does not end by itself. The raised limit tells.
 */
const heapLimit = getHeapStatistics().heap_size_limit;
const heapWatch = setInterval(() => {
  if (getHeapStatistics().heap_size_limit > heapLimit) {
    say(`out of memory: its heap reached ${boot.maxHeap} MiB`);
    end(1);
    exit(1);
  }
}, 100);

// Kept for good: what the sentinel is tied to must live as long as the thread.
(globalThis as { [key: symbol]: unknown })[Symbol.for("ferry.sentinel")] = boot.sentinel;
openPort(boot.parentId, boot.data);
/** Web Locks, which the type library does not know yet. */
const { locks } = navigator as unknown as {
  locks: { request(name: string, held: () => Promise<never>): Promise<never> };
};
/**
 * From the kill switch to the end of the target. Not awaited by this module: a worker that is stopped while its main module
 * awaits is never quite freed by the runtime (two files and more than a MiB each).
 */
async function main(): Promise<void> {
  const forever = Promise.withResolvers<never>();
  await new Promise<void>((held) => {
    locks.request(boot.lock, () => {
      held();
      return forever.promise;
    }).catch(() => {});
  });

  try {
    // Refused already, the entry may be another's by now.
    if (phaseOf(table, boot.id) === Phase.starting && serialOf(table, boot.id) === boot.serial) {
      leaveProbes(table, boot.id);
    }
    started = decideStart(table, boot.id, boot.serial, Phase.started);
    if (!started || agentWord(table, boot.id, STATE) !== AgentState.alive) {
      // Stopped before the kill switch was on. The runtime has written this thread off: exit() does nothing any more, and
      // only letting go of everything ends it.
      clearInterval(heapWatch);
      forever.reject(new Deno.errors.Interrupted("stopped at start"));
      await new Promise<never>(() => {});
    }
    const { args, handles } = boot;
    const length = args.byteLength - (handles ? REFERENCES_BYTES : 0);
    const values = decode(new Uint8Array(args, 0, length)) as unknown[];
    dropSlot(table, agentIndex(boot.id, ARGUMENTS));
    // They may be large, and this object lasts as long as the worker.
    boot.args = new ArrayBuffer(0);
    setCurrentProcess(
      { name: boot.name, id: boot.id, daemon: boot.daemon },
      boot.parentId,
      boot.parentName,
    );
    let failed = false;
    try {
      identity.importing = true;
      const run = await resolveTarget(boot.target);
      identity.importing = false;
      await run(...values);
    } catch (error) {
      failed = true;
      if (!over) report(error);
    }
    await endChildren(activeChildren());
    Deno.exit(failed ? 1 : undefined);
  } catch (error) {
    fail(error);
  }
}

main();
