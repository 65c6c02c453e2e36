// The same random calls to a manager's server and to Redis: the results have to be the same.
import { assertEquals } from "@std/assert";
import {
  type ArrayProxy,
  type DictProxy,
  type ListProxy,
  Manager,
  ManagerServer,
  type NamespaceProxy,
  PyException,
  type QueueProxy,
  type SetProxy,
  type ValueProxy,
} from "@ferry/std/ipc/manager";
import { tuple } from "@ferry/std/persist/types";
import { Random, rounds, seedFor } from "../../../_support/random.ts";
import { hasRedis } from "../../../_support/redis_server.ts";
import { redisTest } from "./_setup.ts";

interface Objects {
  readonly list: ListProxy;
  readonly dict: DictProxy;
  readonly set: SetProxy;
  readonly names: NamespaceProxy;
  readonly ints: ArrayProxy;
  readonly floats: ArrayProxy;
  readonly value: ValueProxy;
  readonly queue: QueueProxy;
  readonly tasks: QueueProxy;
}

async function objectsOf(manager: Manager): Promise<Objects> {
  return {
    list: await manager.list([3, 1, 2]),
    dict: await manager.dict([["a", 1]]),
    set: await manager.set([1]),
    names: await manager.namespace({ a: 1 }),
    ints: await manager.array("i", [1, 2, 3]),
    floats: await manager.array("d", [0.5, 2, 3]),
    value: await manager.value<unknown>("i", 1),
    queue: await manager.queue(3),
    tasks: await manager.joinableQueue(3),
  };
}

type Step = (objects: Objects) => Promise<unknown>;

/** A random call; all of its choices are made here. */
function step(random: Random): [string, Step] {
  const key = random.pick<unknown>([
    "a",
    "b",
    1,
    1n,
    true,
    0,
    false,
    2.5,
    null,
    tuple(1, "x"),
    "1",
  ]);
  const item = random.pick<unknown>([1, 2, 3, "x", "y", null, [1], { k: [true] }, 2n ** 66n, 0.25]);
  const items = Array.from({ length: random.below(4) }, () => random.below(5));
  const at = random.below(12) - 6;
  const to = random.below(12) - 6;
  const n = random.below(9) - 4;
  const name = random.pick(["a", "b", "c"]);
  const steps: Record<string, Step> = {
    get: ({ list }) => list.get(at),
    set: ({ list }) => list.set(at, item),
    delete: ({ list }) => list.delete(at),
    length: ({ list }) => list.length(),
    push: ({ list }) => list.push(item),
    extend: ({ list }) => list.extend(items),
    insert: ({ list }) => list.insert(at, item),
    pop: ({ list }) => list.pop(at),
    remove: ({ list }) => list.remove(item),
    indexOf: ({ list }) => list.indexOf(item),
    includes: ({ list }) => list.includes(item),
    count: ({ list }) => list.count(item),
    reverse: ({ list }) => list.reverse(),
    sort: ({ list }) => list.sort({ reverse: n > 0 }),
    slice: ({ list }) => list.slice(at, to),
    sliceFrom: ({ list }) => list.slice(at),
    clear: async ({ list }) => {
      while (await list.length() > 4) await list.pop();
    },
    imul: async ({ list }) => {
      if (await list.length() < 20) await list.call("__imul__", [n]);
    },
    dictGet: ({ dict }) => dict.get(key),
    dictSet: ({ dict }) => dict.set(key, item),
    dictHas: ({ dict }) => dict.has(key),
    dictDelete: ({ dict }) => dict.delete(key),
    dictSize: ({ dict }) => dict.size(),
    dictEntries: ({ dict }) => dict.entries(),
    dictKeys: ({ dict }) => dict.keys(),
    dictUpdate: ({ dict }) => dict.update([[key, item], ["z", n]]),
    dictDefault: ({ dict }) => dict.setDefault(key, item),
    dictPop: ({ dict }) => dict.pop(key),
    dictPopItem: ({ dict }) => dict.popItem(),
    dictClear: async ({ dict }) => n === 4 ? await dict.clear() : undefined,
    dictCall: ({ dict }) => dict.call("get", [key, "missing"]),
    setAdd: ({ set }) => set.add(key),
    setHas: ({ set }) => set.has(key),
    setDelete: ({ set }) => set.delete(key),
    setSize: ({ set }) => set.size(),
    setUpdate: ({ set }) => set.update(items),
    setCopy: async ({ set }) => [...await set.copy()].map(String).sort(),
    nameGet: ({ names }) => names.get(name),
    nameSet: ({ names }) => names.set(name, item),
    nameDelete: ({ names }) => names.delete(name),
    intGet: ({ ints }) => ints.get(at),
    intSet: ({ ints }) => ints.set(at, n),
    intAdd: ({ ints }) => ints.add(at, n),
    intSlice: ({ ints }) => ints.slice(at, to),
    floatSet: ({ floats }) => floats.set(at, n / 4),
    floatAdd: ({ floats }) => floats.add(at, n / 3),
    floatSlice: ({ floats }) => floats.slice(),
    valueGet: ({ value }) => value.get(),
    // Redis adds to what has 64 bits.
    valueSet: ({ value }) => value.set(typeof item === "bigint" ? 5 : item),
    valueAdd: ({ value }) => value.add(n),
    valueFloat: ({ value }) => value.add(n / 7),
    put: ({ queue }) => queue.tryPut(item),
    take: ({ queue }) => queue.tryGet(),
    size: ({ queue }) => queue.size(),
    full: ({ queue }) => queue.isFull(),
    empty: ({ queue }) => queue.isEmpty(),
    taskPut: ({ tasks }) => tasks.tryPut(item),
    task: async ({ tasks }) => {
      const task = await tasks.tryGet();
      if (task !== undefined) await tasks.taskDone();
      return task;
    },
  };
  const which = random.pick(Object.keys(steps));
  return [`${which} ${String(key)} ${JSON.stringify([at, to, n])}`, steps[which]!];
}

/** What a call gives, or the name of its error. */
async function outcome(step: Step, objects: Objects): Promise<unknown> {
  try {
    return await step(objects);
  } catch (error) {
    if (error instanceof PyException) return `${error.name} raised`;
    throw error;
  }
}

if (hasRedis("the model of managers on Redis")) {
  redisTest("1,000 random calls give what a manager's server gives", async (server) => {
    const random = new Random(seedFor("redis manager model"));
    await server.command("CONFIG", "SET", "appendfsync", "no");
    await using other = new ManagerServer({ port: 0 }, { authKey: "secret" });
    await using model = await Manager.connect(other.address, { authKey: "secret" });
    await using manager = await Manager.connect(server.url);
    const [expected, actual] = [await objectsOf(model), await objectsOf(manager)];
    const made: string[] = [];
    for (let i = 0; i < rounds(1000, 20_000); i++) {
      const [what, call] = step(random);
      made.push(what);
      const results = [await outcome(call, expected), await outcome(call, actual)];
      assertEquals(results[1], results[0], `${i}: ${made.slice(-5).join("; ")}`);
    }
    assertEquals(await actual.list.toArray(), await expected.list.toArray());
    assertEquals(await actual.dict.entries(), await expected.dict.entries());
  });
}
