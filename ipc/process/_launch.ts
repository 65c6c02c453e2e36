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
import { collectingModules } from "../codec/class_registry.ts";
import { dropSlot } from "../memory/references.ts";
import { encode, takeReferences } from "../message/messages.ts";
import { newTicket } from "../message/moved_buffers.ts";
import { freeAgent } from "../reaper/reaper.ts";
import type { BootData, Order, Seat } from "./_start_data.ts";
import { bootUrl, checkTarget } from "./_boot_url.ts";
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
  /** A spare's: where it hears what it is to run. */
  readonly orders?: MessagePort;
}

/**
 * Makes the worker of a process.
 *
 * @throws {UnsendableError} If an argument cannot cross to another worker.
 * @throws {Deno.errors.NotCapable} If this package, or the target's module, may not be read.
 * @throws {Deno.errors.NotSupported} If processes cannot run here.
 */
export function launch(what: Launch): Launched {
  const url = bootUrlFor(what.name);
  const packed = pack(what);
  let id = 0;
  try {
    id = reserveAgent(agent());
    packed.handOver(id);
    const launched = seatWorker(url, id, what, packed.order, [packed.order.args]);
    packed.departed();
    return launched;
  } catch (error) {
    packed.stay(id !== 0);
    throw error;
  }
}

/**
 * Makes the worker of a spare.
 *
 * @throws {Deno.errors.NotSupported} If processes cannot run here.
 */
export function launchSpare(maxHeap: number): Launched {
  const name = "Spare";
  const url = bootUrlFor(name);
  const { port1, port2 } = new MessageChannel();
  try {
    const id = reserveAgent(agent());
    return { ...seatWorker(url, id, { name, maxHeap }, port2, [port2]), orders: port1 };
  } catch (error) {
    port1.close();
    throw error;
  }
}

/**
 * Tells a spare what it is to run.
 *
 * @throws {UnsendableError} If an argument cannot cross to another worker; the spare is still one.
 * @throws {Deno.errors.NotCapable} If the target's module may not be read; the spare is still one.
 */
export function sendOrder({ id, orders }: Launched, what: Launch): void {
  const packed = pack(what);
  packed.handOver(id);
  orders!.postMessage(packed.order, [packed.order.args]);
  packed.departed();
}

/** An order whose arguments are encoded. */
interface Packed {
  readonly order: Order;
  /** What the arguments refer to belongs to an entry of the agent table from here on. */
  handOver(id: number): void;
  /** They are on their way. */
  departed(): void;
  /** They do not leave. */
  stay(handedOver: boolean): void;
}

function pack({ name, daemon, target, imports, args }: Launch): Packed {
  if ("module" in target) checkTarget(name, target.module);
  const { table } = agent();
  // A buffer, not a view: the runtime looks at every element of a view (seconds, and gigabytes, for large ones).
  const { result, modules } = collectingModules(() => encode(args));
  const encoded = result.slice().buffer as ArrayBuffer;
  const references = takeReferences();
  return {
    order: {
      name,
      daemon,
      target,
      // Classes of this package that not every process needs come with the module that registers them.
      imports: modules.length === 0 ? imports : [...imports, ...modules],
      args: encoded,
      handles: references !== undefined,
    },
    handOver(id) {
      if (references === undefined) return;
      const { block, page, slot } = references.held;
      handOver(table, agentIndex(id, ARGUMENTS), block.line, page, slot);
    },
    departed: () => references?.departed(),
    stay: (handedOver) => references?.stay(handedOver),
  };
}

function bootUrlFor(name: string): URL {
  if ("locks" in navigator) return bootUrl(name);
  throw new Deno.errors.NotSupported(
    `Cannot start ${name}: processes need Deno 2.9 or newer, which has navigator.locks; ` +
      `this is Deno ${Deno.version.deno}`,
  );
}

/** Makes a worker for an entry of the agent table; frees the entry if that fails. */
function seatWorker(
  url: URL,
  id: number,
  { name, maxHeap }: { name: string; maxHeap: number },
  order: Order | MessagePort,
  moved: (ArrayBuffer | MessagePort)[],
): Launched {
  const here = agent();
  const data = new MessageChannel();
  const sentinel = new MessageChannel();
  try {
    const seat: Seat = {
      buffer: here.arena.buffer,
      id,
      serial: serialOf(here.table, id),
      lock: aliveLockOf(here, id),
      maxHeap,
      parentId: here.id,
      parentName: currentIdentity().name,
      ticket: newTicket(),
      data: data.port2,
      sentinel: sentinel.port2,
    };
    const boot: BootData = { seat, order };
    const { Worker } = globalThis.process.getBuiltinModule("node:worker_threads");
    const worker = new Worker(url, {
      workerData: boot,
      transferList: [data.port2, sentinel.port2, ...moved] as never[],
      resourceLimits: { maxOldGenerationSizeMb: maxHeap },
      name,
    });
    const { serial, ticket } = seat;
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
    dropSlot(here.table, agentIndex(id, ARGUMENTS));
    freeAgent(here.table, id, AgentState.alive);
    data.port1.close();
    sentinel.port1.close();
    throw error;
  }
}
