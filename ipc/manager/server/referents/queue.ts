import { PyException } from "../../../../persist/types/mod.ts";
import { pyError } from "../python_values.ts";
import { Gate, NOT_YET, secondsOf } from "./_gate.ts";
import { type Caller, type Referent, referent } from "./referent.ts";

/** A queue of a server. */
interface ManagedQueue {
  readonly items: unknown[];
  readonly maxSize: number;
  readonly changed: Gate;
  unfinished: number;
  shutDown: boolean;
}

const empty = (): PyException => new PyException("Empty", [], "_queue");
const full = (): PyException => new PyException("Full", [], "queue");
const shutDown = (): PyException => new PyException("ShutDown", [], "queue");

function isFull({ items, maxSize }: ManagedQueue): boolean {
  return maxSize > 0 && items.length >= maxSize;
}

function put(
  queue: ManagedQueue,
  caller: Caller,
  item: unknown,
  block: unknown = true,
  timeout: unknown = null,
): null | Promise<null> {
  const put = queue.changed.wait(
    () => {
      if (queue.shutDown) throw shutDown();
      if (isFull(queue)) return NOT_YET;
      queue.items.push(item);
      queue.unfinished++;
      return true;
    },
    caller,
    secondsOf(block, timeout, "refused"),
  );
  const end = (put: true | undefined) => {
    if (put === undefined) throw full();
    queue.changed.poke();
    return null;
  };
  return put instanceof Promise ? put.then(end) : end(put);
}

function get(
  queue: ManagedQueue,
  caller: Caller,
  block: unknown = true,
  timeout: unknown = null,
): unknown {
  const found = queue.changed.wait(
    () => {
      if (queue.items.length > 0) return { item: queue.items.shift() };
      if (queue.shutDown) throw shutDown();
      return NOT_YET;
    },
    caller,
    secondsOf(block, timeout, "refused"),
  );
  const end = (found: { item: unknown } | undefined) => {
    if (found === undefined) throw empty();
    queue.changed.poke();
    return found.item;
  };
  return found instanceof Promise ? found.then(end) : end(found);
}

/** Python's `queue.Queue`. */
export const queueType: Referent = referent<ManagedQueue>({
  proxyType: "AutoProxy",
  make: ([maxSize = 0], kwargs) => ({
    items: [],
    maxSize: Number(kwargs.maxsize ?? maxSize),
    changed: new Gate(),
    unfinished: 0,
    shutDown: false,
  }),
  parameters: {
    get: ["block", "timeout"],
    put: ["item", "block", "timeout"],
    shutdown: ["immediate"],
  },
  methods: {
    empty: ({ items }) => items.length === 0,
    full: isFull,
    get,
    get_nowait: (queue, caller) => get(queue, caller, false),
    join: async (queue, caller) => {
      await queue.changed.wait(() => queue.unfinished === 0 || NOT_YET, caller, undefined);
      return null;
    },
    put,
    put_nowait: (queue, caller, item) => put(queue, caller, item, false),
    qsize: ({ items }) => items.length,
    shutdown: (queue, _, immediate = false) => {
      queue.shutDown = true;
      if (immediate === true) {
        queue.unfinished -= queue.items.length;
        queue.items.length = 0;
      }
      queue.changed.poke();
      return null;
    },
    task_done: (queue) => {
      if (queue.unfinished <= 0) throw pyError("ValueError", "task_done() called too many times");
      queue.unfinished--;
      queue.changed.poke();
      return null;
    },
  },
});
