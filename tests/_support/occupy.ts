import { assertEquals } from "@std/assert";
import { Queue, SharedArray, SharedValue } from "@ferry/std/ipc";

/**
 * Takes the memory that was just given back, if any was.
 *
 * @returns Checks that nobody has written there, and gives it back.
 */
export function occupy(): () => void {
  const queues = Array.from({ length: 8 }, () => new Queue<string>());
  const arrays = Array.from({ length: 8 }, () => new SharedArray("int32", [1, 2, 3, 4]));
  const values = Array.from({ length: 8 }, () => new SharedValue("int32", 7));
  for (const queue of queues) queue.putSync("mine");
  return () => {
    for (const queue of queues) assertEquals([queue.tryGet(), queue.size], ["mine", 0]);
    for (const array of arrays) assertEquals([...array], [1, 2, 3, 4]);
    for (const value of values) {
      assertEquals([value.value, value.lock.locked], [7, false]);
      value.update((n) => n + 1);
    }
    for (const object of [...queues, ...arrays, ...values]) object[Symbol.dispose]();
  };
}
