/**
 * Looks, while workers have nothing to do, whether tasks wait behind one that takes longer than it was expected to: others can do
 * them.
 */
import type { Crew } from "./_crew.ts";
import type { Member } from "./_member.ts";
import type { Task } from "./_task.ts";

/** Milliseconds without a word from a worker after which what waits behind its task is given to others. */
const STUCK_AFTER = 3;

/** See the head of this file. */
export class Lookout {
  readonly #crew: Crew;
  readonly #on: { helpful(): boolean; back(member: Member, tasks: Task[]): void; looked(): void };
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param on Whether those who have nothing to do can be given something; what is told: tasks that a worker has not begun were
   * taken back from it; it has looked.
   */
  constructor(
    crew: Crew,
    on: { helpful(): boolean; back(member: Member, tasks: Task[]): void; looked(): void },
  ) {
    this.#crew = crew;
    this.#on = on;
  }

  /** Looks in a while, if there is a reason to. */
  start(): void {
    if (this.#timer !== undefined || !this.#crew.couldHelp) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#on.helpful() && this.#crew.couldHelp) this.#look();
      this.#on.looked();
    }, STUCK_AFTER);
  }

  #look(): void {
    const now = performance.now();
    for (const member of this.#crew) {
      if (member.stuck || member.tasks.size < 2) continue;
      if (now - member.heardAt < STUCK_AFTER) continue;
      const back = member.takeBack();
      if (back.length === 0) continue;
      member.stuck = true;
      this.#on.back(member, back);
    }
  }

  /** Does not look any more. */
  stop(): void {
    clearTimeout(this.#timer);
  }
}
