/** The tasks of a pool that wait for a worker, by priority and age. */
import { Task } from "./_task.ts";

/** Tasks that wait together, and are made one by one when their turn comes: there may be a million. */
export interface TaskSource {
  readonly priority: number;
  /** How many of them wait. */
  readonly waiting: number;
  /** The next one; `undefined` if none waits. */
  peek(): Task | undefined;
  /** Takes the one that {@linkcode TaskSource.peek} has returned. */
  shift(): void;
  /** Those that wait are not going to be done. */
  settle(threw: true, reason: unknown): unknown;
}

/** What is handed in at once. */
export type Entry = Task | TaskSource;

/** Tasks of one priority, oldest first. */
class Line {
  readonly priority: number;
  readonly #entries: (Entry | undefined)[] = [];
  #head = 0;

  constructor(priority: number) {
    this.priority = priority;
  }

  /** The oldest that is still wanted. */
  peek(): Task | undefined {
    for (; this.#head < this.#entries.length; this.#head++) {
      const entry = this.#entries[this.#head]!;
      if (!(entry instanceof Task)) {
        const task = entry.peek();
        if (task !== undefined) return task;
      } else if (!entry.settled) return entry;
      this.#entries[this.#head] = undefined;
    }
    this.#entries.length = this.#head = 0;
    return undefined;
  }

  push(entry: Entry): void {
    this.#entries.push(entry);
  }

  /** Puts a task before all others. */
  unshift(task: Task): void {
    if (this.#head > 0) this.#entries[--this.#head] = task;
    else this.#entries.unshift(task);
  }

  /** Takes the task that {@linkcode Line.peek} has returned. */
  shift(): void {
    const entry = this.#entries[this.#head]!;
    if (!(entry instanceof Task)) {
      entry.shift();
      return;
    }
    this.#entries[this.#head++] = undefined;
    // Many long-gone tasks would keep the array growing.
    if (this.#head > 1024 && this.#head * 2 > this.#entries.length) {
      this.#entries.splice(0, this.#head);
      this.#head = 0;
    }
  }

  /** Those that are made and still wanted. */
  *tasks(): Generator<Task> {
    for (const entry of this.#entries) if (entry instanceof Task && !entry.settled) yield entry;
  }

  /** Takes all that are still wanted. */
  drain(): Entry[] {
    const all = this.#entries.splice(0).slice(this.#head);
    this.#head = 0;
    return all.filter((entry) =>
      entry instanceof Task ? !entry.settled : entry!.waiting > 0
    ) as Entry[];
  }
}

/** See the head of this file. */
export class Backlog {
  /** Highest priority first. */
  readonly #lines: Line[] = [];
  /** How many wait, without those that are settled. */
  size: number = 0;

  /** The next task; `undefined` if none waits. */
  peek(): Task | undefined {
    for (const line of this.#lines) {
      const task = line.peek();
      if (task !== undefined) return task;
    }
    return undefined;
  }

  /** Adds tasks behind those of their priority. */
  push(entry: Entry): void {
    this.#line(entry.priority).push(entry);
    this.size += entry instanceof Task ? 1 : entry.waiting;
  }

  /** Gives a task back that was taken, before those of its priority. */
  unshift(task: Task): void {
    this.#line(task.priority).unshift(task);
    this.size++;
  }

  /** Takes the task that {@linkcode Backlog.peek} has returned. */
  take(task: Task): void {
    this.#line(task.priority).shift();
    this.size--;
  }

  /** So many that waited were settled, or will never be made. */
  forget(tasks: number): void {
    this.size -= tasks;
  }

  /** Those that are made and still wanted. */
  *tasks(): Generator<Task> {
    for (const line of this.#lines) yield* line.tasks();
  }

  /** Takes all. */
  drain(): Entry[] {
    this.size = 0;
    return this.#lines.flatMap((line) => line.drain());
  }

  #line(priority: number): Line {
    const at = this.#lines.findIndex((line) => line.priority <= priority);
    const found = this.#lines[at];
    if (found?.priority === priority) return found;
    const made = new Line(priority);
    this.#lines.splice(at < 0 ? this.#lines.length : at, 0, made);
    return made;
  }
}
