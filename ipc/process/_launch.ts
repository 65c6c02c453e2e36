/**
 * Making the worker of a process, all or nothing.
 *
 * Once its entry of the agent table is taken, what the process was given belongs to that entry, whether or not the worker
 * starts.
 */
import type { Worker } from "node:worker_threads";
import { ARGUMENTS, handOver } from "../kill_safe.ts";
import {
  agent,
  agentIndex,
  AgentState,
  aliveLockOf,
  reserveAgent,
  serialOf,
} from "../memory/agent.ts";
import { dropSlot } from "../memory/references.ts";
import { encode, takeReferences } from "../message/messages.ts";
import { newTicket } from "../message/moved_buffers.ts";
import { freeAgent } from "../reaper/reaper.ts";
import type { BootData } from "./_start_data.ts";
import { bootUrl } from "./_boot_url.ts";
import { currentIdentity } from "./_identity.ts";
import type { TargetDescription } from "./target.ts";

/** What a process is to be. */
export interface Launch {
  readonly name: string;
  readonly daemon: boolean;
  readonly maxHeap: number;
  readonly target: TargetDescription;
  readonly imports: readonly string[];
  readonly args: readonly unknown[];
}

/** A process whose worker was made. */
export interface Launched {
  readonly table: Int32Array<SharedArrayBuffer>;
  readonly id: number;
  readonly serial: number;
  /** The ticket under which its outcome will come. */
  readonly ticket: number;
  readonly worker: Worker;
  readonly data: MessagePort;
  readonly sentinel: MessagePort;
}

/**
 * Makes the worker.
 *
 * @throws {UnsendableError} If an argument cannot cross to another worker.
 * @throws {Deno.errors.NotSupported} If processes cannot run here.
 */
export function launch({ name, daemon, maxHeap, target, imports, args }: Launch): Launched {
  if (!("locks" in navigator)) {
    throw new Deno.errors.NotSupported(
      `Cannot start ${name}: processes need Deno 2.9 or newer, which has navigator.locks; ` +
        `this is Deno ${Deno.version.deno}`,
    );
  }
  const url = bootUrl(name);
  const here = agent();
  // A buffer, not a view: the runtime looks at every element of a view (seconds, and gigabytes, for large ones).
  const encoded = encode(args).slice().buffer as ArrayBuffer;
  const references = takeReferences();
  const data = new MessageChannel();
  const sentinel = new MessageChannel();
  let id = 0;
  try {
    id = reserveAgent(here);
    if (references !== undefined) {
      const { block, page, slot } = references.held;
      handOver(here.table, agentIndex(id, ARGUMENTS), block.line, page, slot);
    }
    const boot: BootData = {
      buffer: here.arena.buffer,
      id,
      serial: serialOf(here.table, id),
      lock: aliveLockOf(here, id),
      name,
      daemon,
      maxHeap,
      parentId: here.id,
      parentName: currentIdentity().name,
      target,
      imports,
      args: encoded,
      handles: references !== undefined,
      ticket: newTicket(),
      data: data.port2,
      sentinel: sentinel.port2,
    };
    const { Worker } = globalThis.process.getBuiltinModule("node:worker_threads");
    const worker = new Worker(url, {
      workerData: boot,
      transferList: [data.port2, sentinel.port2, encoded] as never[],
      resourceLimits: { maxOldGenerationSizeMb: maxHeap },
      name,
    });
    references?.departed();
    const { serial, ticket } = boot;
    return {
      table: here.table,
      id,
      serial,
      ticket,
      worker,
      data: data.port1,
      sentinel: sentinel.port1,
    };
  } catch (error) {
    if (id !== 0) {
      dropSlot(here.table, agentIndex(id, ARGUMENTS));
      freeAgent(here.table, id, AgentState.alive);
    }
    references?.stay(id !== 0);
    data.port1.close();
    sentinel.port1.close();
    throw error;
  }
}
