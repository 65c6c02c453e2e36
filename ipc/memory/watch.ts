/**
 * Watching what rings the doorbell: the shared objects, and processes.
 */
import type { Watch } from "../../net/watch.ts";
import { onRing } from "./doorbell.ts";

/** Watches an object for those who are told, and for a thread that sleeps on the doorbell itself. */
export class RingingWatch implements Watch {
  readonly #look: () => boolean;
  readonly #notify: () => void;
  readonly #end: (() => void) | undefined;
  #ignore: (() => void) | undefined;

  /**
   * @param look Whether the object is ready; when not, it leaves a mark that makes whoever makes it ready ring.
   * @param notify Told of rings, from the first `ready()` on that is false.
   * @param end Undoes what was done to the object.
   */
  constructor(look: () => boolean, notify: () => void, end?: () => void) {
    this.#look = look;
    this.#notify = notify;
    this.#end = end;
  }

  /** {@linkcode Watch.ready} for a thread that sleeps on the doorbell: nobody is told. */
  look(): boolean {
    return this.#look();
  }

  ready(): boolean {
    // Often it is ready at once: then nobody need listen.
    if (this.#look()) return true;
    if (this.#ignore !== undefined) return false;
    this.#ignore = onRing(this.#notify);
    return this.#look();
  }

  stop(): void {
    this.#ignore?.();
    this.#ignore = undefined;
    this.#end?.();
  }
}
