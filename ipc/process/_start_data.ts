/** What a parent hands to the boot module of the process that it starts. */
import type { TargetDescription } from "./target.ts";

/** What a worker is made with, whatever it is to run. */
export interface Seat {
  /** The program's shared memory. */
  readonly buffer: SharedArrayBuffer;
  /** Its entry in the agent table. */
  readonly id: number;
  /** Which use of that entry it is. */
  readonly serial: number;
  /** The web lock that is its kill switch. */
  readonly lock: string;
  readonly maxHeap: number;
  readonly parentId: number;
  readonly parentName: string;
  /** The ticket under which its outcome is sent. */
  readonly ticket: number;
  /** Closes when this thread comes down, never used for messages: a hint to look whether it has. */
  readonly sentinel: MessagePort;
  /** Carries large buffers to and from the parent, and the outcome. */
  readonly data: MessagePort;
}

/** What a process is to run. */
export interface Order {
  readonly name: string;
  readonly daemon: boolean;
  readonly target: TargetDescription;
  /** Modules to import before the arguments are decoded. */
  readonly imports: readonly string[];
  args: ArrayBuffer;
  /** Whether the arguments end with the line of their references. */
  readonly handles: boolean;
}

/** Everything a worker has when it begins to run; a spare gets its order later, by the port. */
export interface BootData {
  readonly seat: Seat;
  order: Order | MessagePort | undefined;
}
