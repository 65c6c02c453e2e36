/**
 * Tasks under way.
 *
 * Both collections are plain arrays that are used again and again. A `Map` through which millions of short-lived tasks go would
 * do, but is made anew each time that enough of them were deleted, and each old one that the collector has not found yet keeps
 * the tasks alive that it had: half the time of a short task went into copying such tasks.
 */
import type { Task } from "./_task.ts";

/** Slots of a new table; always a power of two. */
const FIRST_SLOTS = 64;

/**
 * Tasks by their numbers, with open addressing. Numbers are given one after the other, so those under way are mostly neighbours,
 * each in the slot of its last bits.
 */
export class TaskTable {
  #slots: (Task | undefined)[] = new Array(FIRST_SLOTS).fill(undefined);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(id: number): Task | undefined {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let at = id & mask;; at = (at + 1) & mask) {
      const task = slots[at];
      if (task === undefined || task.id === id) return task;
    }
  }

  has(id: number): boolean {
    return this.get(id) !== undefined;
  }

  /** Adds a task that is not there. */
  add(task: Task): void {
    // At most half full, so that a search ends soon.
    if (this.#size * 2 >= this.#slots.length) this.#grow();
    this.#size++;
    this.#place(task);
  }

  #place(task: Task): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let at = task.id & mask;
    while (slots[at] !== undefined) at = (at + 1) & mask;
    slots[at] = task;
  }

  #grow(): void {
    const tasks = this.#slots;
    this.#slots = new Array(tasks.length * 2).fill(undefined);
    for (const task of tasks) if (task !== undefined) this.#place(task);
  }

  /** Removes a task; `false` if it is not there. */
  delete(id: number): boolean {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let at = id & mask;
    for (; slots[at]?.id !== id; at = (at + 1) & mask) if (slots[at] === undefined) return false;
    this.#size--;
    // Those behind it that could not have the slot they wanted move up: a search stops at an empty one.
    for (let next = (at + 1) & mask;; next = (next + 1) & mask) {
      const task = slots[next];
      if (task === undefined) break;
      const wanted = task.id & mask;
      if (((next - wanted) & mask) < ((next - at) & mask)) continue;
      slots[at] = task;
      at = next;
    }
    slots[at] = undefined;
    return true;
  }

  /** All of them, in no order. */
  all(): Task[] {
    return this.#slots.filter((task) => task !== undefined);
  }

  clear(): void {
    this.#slots.fill(undefined);
    this.#size = 0;
  }
}

/** Tasks of a worker in the order in which it was given them, which is that in which they end. */
export class TaskLine {
  readonly #tasks: (Task | undefined)[] = [];
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The one that was given first. */
  get oldest(): Task | undefined {
    return this.#tasks[this.#head];
  }

  push(task: Task): void {
    this.#tasks.push(task);
    this.#size++;
  }

  find(id: number): Task | undefined {
    for (let at = this.#head; at < this.#tasks.length; at++) {
      if (this.#tasks[at]?.id === id) return this.#tasks[at];
    }
    return undefined;
  }

  /** Removes a task; `false` if it is not there. */
  delete(task: Task): boolean {
    const tasks = this.#tasks;
    const at = tasks[this.#head] === task ? this.#head : tasks.indexOf(task, this.#head);
    if (at < 0) return false;
    tasks[at] = undefined;
    if (--this.#size === 0) {
      tasks.length = this.#head = 0;
      return true;
    }
    while (tasks[this.#head] === undefined) this.#head++;
    // What has gone must not keep the array growing.
    if (this.#head >= 256 && this.#head * 2 >= tasks.length) {
      tasks.splice(0, this.#head);
      this.#head = 0;
    }
    return true;
  }

  /** All of them, in order. */
  all(): Task[] {
    return this.#tasks.filter((task) => task !== undefined);
  }
}
