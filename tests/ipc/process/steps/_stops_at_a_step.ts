/**
 * A module that stops its process for ever before an atomic operation that changes something, counted from when this module is
 * loaded: `?step=3&file=path`. An empty file tells of it.
 */
import type { Connection, Lock, Queue, SharedArray, SharedMap } from "@ferry/std/ipc";

const { searchParams } = new URL(import.meta.url);
const stopAt = Number(searchParams.get("step"));
const file = searchParams.get("file")!;
let steps = 0;
/** What follows is the end of the process, which has said by then that it ends. */
let over = false;

for (
  const name of ["compareExchange", "and", "or", "sub", "add", "exchange", "store", "notify"]
) {
  const operation = Reflect.get(Atomics, name) as (...args: unknown[]) => unknown;
  Object.defineProperty(Atomics, name, {
    value: (...args: unknown[]) => {
      if (!over && ++steps === stopAt) {
        Deno.writeTextFileSync(file, "");
        for (;;);
      }
      return Reflect.apply(operation, Atomics, args);
    },
  });
}

/** Uses what it was given. */
export function use(
  lock: Lock,
  queue: Queue<string>,
  map: SharedMap<string, string>,
  array: SharedArray<"int32">,
  end: Connection<string>,
): string {
  {
    using _guard = lock.acquireSync();
    array.add(0, 1);
    map.set("key", "new");
    queue.putSync("ran");
    end.sendSync("ran");
  }
  over = true;
  return "returned";
}
