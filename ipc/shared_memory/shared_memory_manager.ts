/**
 * Blocks of shared memory that end together.
 *
 * @module
 */

import { checkOptions, type RulesOf } from "../../persist/options.ts";
import {
  type CreateShareableListOptions,
  type Shareable,
  ShareableList,
} from "./shareable_list.ts";
import { SharedMemory } from "./shared_memory.ts";

/** What lists take: their names and their end are the manager's. */
const RULES: RulesOf<Pick<CreateShareableListOptions, "float">> = { float: "boolean" };

/**
 * Makes blocks and lists, and unlinks all of them when it is shut down: CPython's
 * `multiprocessing.managers.SharedMemoryManager`. It needs no process of its own, since what a killed process leaves is found
 * by the next one.
 *
 * @example For the time of a computation
 * ```ts
 * import { SharedMemory, SharedMemoryManager } from "@ferry/std/ipc/shared-memory";
 * import { assertThrows } from "@std/assert";
 *
 * let name: string;
 * {
 *   using manager = new SharedMemoryManager();
 *   name = manager.sharedMemory(1024).name;
 *   manager.shareableList([1, 2, 3]);
 * }
 * assertThrows(() => SharedMemory.open(name), Deno.errors.NotFound);
 * ```
 */
export class SharedMemoryManager {
  readonly #blocks: SharedMemory[] = [];
  #isShutDown = false;

  /**
   * Makes a block.
   *
   * @param size Bytes it has.
   * @throws {Deno.errors.BadResource} If the manager is shut down.
   * @throws {RangeError} If the size is no positive integer, or the system has no room for it.
   */
  sharedMemory(size: number): SharedMemory {
    this.#check("make shared memory");
    const block = SharedMemory.create({ size });
    this.#blocks.push(block);
    return block;
  }

  /**
   * Makes a list.
   *
   * @param values The items.
   * @param options How numbers are stored.
   * @throws {Deno.errors.BadResource} If the manager is shut down.
   * @throws {TypeError} If an item is of a type that a list cannot hold.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  shareableList<T extends Shareable = Shareable>(
    values: Iterable<T>,
    options: Pick<CreateShareableListOptions, "float"> = {},
  ): ShareableList<T> {
    this.#check("make a ShareableList");
    checkOptions("Cannot make a ShareableList", options, RULES);
    const list = ShareableList.create<T>(values, options);
    this.#blocks.push(list.sharedMemory);
    return list;
  }

  /** Closes and unlinks all that it made; what others have unlinked already is passed over. A second call does nothing. */
  shutdown(): void {
    this.#isShutDown = true;
    for (const block of this.#blocks.splice(0)) {
      block.close();
      try {
        block.unlink();
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
  }

  /** Shuts it down. */
  [Symbol.dispose](): void {
    this.shutdown();
  }

  #check(what: string): void {
    if (this.#isShutDown) {
      throw new Deno.errors.BadResource(`Cannot ${what}: the SharedMemoryManager is shut down`);
    }
  }
}
