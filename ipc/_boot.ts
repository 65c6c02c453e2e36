/**
 * What runs in a fresh worker before the user's code, and after it.
 *
 * Order matters: the kill switch is on (web lock held) and the arguments are taken over before any user code runs, so
 * from then on the worker can be stopped in any state, and everything it holds is on record. At its end, however that
 * comes about (return, throw, `Deno.exit`), it gives back what it holds itself, so that a parent that blocks its own
 * thread is not kept waiting; only for a kill or an out-of-memory its parent must do so.
 */
import { getHeapStatistics } from "node:v8";
import { workerData } from "node:worker_threads";
import {
  agentIndex,
  AgentState,
  agentWord,
  EXIT_CODE,
  joinArena,
  READY,
  setAgentWord,
  STATE,
} from "./_agent.ts";
import { activeChildren, endChildren } from "./_children.ts";
import { setCurrentProcess } from "./_identity.ts";
import { ringDoorbell } from "./_doorbell.ts";
import { giveBack } from "./_handles.ts";
import { decode, dropManifest, manifestOf } from "./_messages.ts";
import { openLine } from "./_ports.ts";
import { resolveTarget, type TargetDescription } from "./_target.ts";
import "./mod.ts"; // every kind of shared object can be an argument

/** What the parent hands over. */
export interface BootData {
  readonly buffer: SharedArrayBuffer;
  readonly id: number;
  readonly lock: string;
  readonly name: string;
  readonly daemon: boolean;
  readonly maxHeap: number;
  readonly parentId: number;
  readonly parentName: string;
  readonly target: TargetDescription;
  readonly args: Uint8Array;
  /** Whether the arguments end with a manifest of the handles in them. */
  readonly handles: boolean;
  /** Closes when this thread is no more; never used for messages. */
  readonly sentinel: MessagePort;
  /** Carries large buffers to and from the parent. */
  readonly data: MessagePort;
}

const boot = workerData as BootData;
const { table } = joinArena(boot.buffer, boot.id);
const exit = Deno.exit;
let over = false;

function end(code: number): void {
  if (over) return;
  over = true;
  setAgentWord(table, boot.id, EXIT_CODE, code);
  giveBack(boot.id);
  setAgentWord(table, boot.id, STATE, AgentState.gone);
  Atomics.notify(table, agentIndex(boot.id, STATE));
  ringDoorbell();
}

Deno.exit = ((code?: number) => {
  end(code ?? Deno.exitCode);
  exit(code);
}) as typeof Deno.exit;

/** Reports an error nobody caught, as Python does, and ends. */
function fail(error: unknown): void {
  if (over) return;
  failWith(error instanceof Error ? Deno.inspect(error) : `Uncaught ${Deno.inspect(error)}`);
}

function failWith(text: string): void {
  // Straight to the file descriptor: nothing buffered can be lost by the exit that follows.
  writeAll(new TextEncoder().encode(`${boot.name}: ${text}\n`));
  end(1);
  exit(1);
}

function writeAll(bytes: Uint8Array): void {
  try {
    while (bytes.length > 0) bytes = bytes.subarray(Deno.stderr.writeSync(bytes));
  } catch {
    // A closed stderr does not change how the process ends.
  }
}

globalThis.addEventListener("error", (event) => {
  event.preventDefault();
  fail(event.error);
});
globalThis.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  fail(event.reason);
});

/**
 * Out of memory, the engine stops the code that was running and raises the heap's limit a little, so that the worker
 * can end in good order; but one that holds a web lock does not end by itself. The raised limit tells.
 */
const heapLimit = getHeapStatistics().heap_size_limit;
setInterval(() => {
  if (getHeapStatistics().heap_size_limit > heapLimit) {
    failWith(`out of memory: its heap reached ${boot.maxHeap} MiB`);
  }
}, 100);

/** Kept for good: what the sentinel is tied to must live as long as the thread. */
(globalThis as { [key: symbol]: unknown })[Symbol.for("ferry.sentinel")] = boot.sentinel;
openLine(boot.parentId, boot.data);
/** Web Locks, which the type library does not know yet. */
const { locks } = navigator as unknown as {
  locks: { request(name: string, held: () => Promise<never>): Promise<never> };
};
const forever = Promise.withResolvers<never>();
await new Promise<void>((held) => {
  locks.request(boot.lock, () => {
    held();
    return forever.promise;
  }).catch(() => {});
});

try {
  const { buffer, byteOffset, byteLength } = boot.args;
  const manifest = boot.handles
    ? manifestOf(new DataView(buffer, byteOffset, byteLength), byteLength)
    : [];
  const listed = boot.handles ? 4 * (manifest.length + 1) : 0;
  const args = decode(boot.args.subarray(0, byteLength - listed)) as unknown[];
  // From here on the references that came with the arguments are ours to drop; until here they are our parent's.
  setAgentWord(table, boot.id, READY, 1);
  dropManifest(manifest);
  setCurrentProcess(
    { name: boot.name, id: boot.id, daemon: boot.daemon },
    boot.parentId,
    boot.parentName,
  );
  if (agentWord(table, boot.id, STATE) === AgentState.dying) {
    // Stopped before the kill switch was on. The runtime has written this thread off: exit() does nothing any more, and
    // only letting go of everything ends it.
    end(1);
    forever.reject(new Deno.errors.Interrupted("stopped at start"));
    await new Promise<never>(() => {});
  }
  const run = await resolveTarget(boot.target);
  await run(...args);
  await endChildren(activeChildren());
  Deno.exit();
} catch (error) {
  fail(error);
}
