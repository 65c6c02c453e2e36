// The behaviours of CPython's test_taskgroups.
import { Task, TaskGroup, timeout } from "@ferry/std/net/tasks";
import { TimeoutError } from "@ferry/std/net/errors";
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { tidiesUp, turn, untilAborted } from "./_work.ts";

Deno.test("TaskGroup.run() waits for tasks that are awaited and for those that are not", async () => {
  const ended: string[] = [];
  const work = (name: string) => async () => {
    await turn();
    ended.push(name);
    return name;
  };
  const result = await TaskGroup.run(async (group) => {
    const one = group.createTask(work("one"));
    group.createTask(work("two"));
    assertEquals(group.size, 2);
    return await one;
  });
  assertEquals(result, "one");
  assertEquals(ended, ["one", "two"]);
});

Deno.test("TaskGroup cancels the siblings of a task that fails and reports the error alone", async () => {
  const notes: string[] = [];
  let task: Task<never> | undefined;
  const error = await assertRejects(
    () =>
      TaskGroup.run((group) => {
        task = group.createTask(tidiesUp(notes, "tidied"));
        group.createTask(async () => {
          await turn();
          throw new RangeError("broken");
        });
      }),
    AggregateError,
  );
  assertEquals(error.errors.map(String), ["RangeError: broken"]);
  assert(error.message.includes("RangeError: broken"));
  assertEquals(notes, ["tidied"]);
  assertEquals(task?.state, "cancelled");
});

Deno.test("TaskGroup.run() aborts the signal that its function waits with when a task fails", async () => {
  const notes: string[] = [];
  const error = await assertRejects(
    () =>
      TaskGroup.run(async (group) => {
        group.createTask(() => Promise.reject(new RangeError("broken")));
        await tidiesUp(notes, "the function")(group.signal);
      }),
    AggregateError,
  );
  assertEquals(error.errors.length, 1);
  assertEquals(notes, ["the function"]);
});

Deno.test("TaskGroup reports all errors, of tasks that fail while they are cancelled too", async () => {
  const error = await assertRejects(
    () =>
      TaskGroup.run((group) => {
        group.createTask(() => Promise.reject(new RangeError("first")));
        group.createTask(async (signal) => {
          await untilAborted(signal).catch(() => {});
          throw new TypeError("second");
        });
      }),
    AggregateError,
  );
  assertEquals(error.errors.map(String), ["RangeError: first", "TypeError: second"]);
});

Deno.test("TaskGroup.run() cancels the tasks when its function fails, and reports that error", async () => {
  const notes: string[] = [];
  const error = await assertRejects(
    () =>
      TaskGroup.run(async (group) => {
        group.createTask(tidiesUp(notes, "task"));
        await turn();
        throw new RangeError("the function");
      }),
    AggregateError,
  );
  assertEquals(error.errors.map(String), ["RangeError: the function"]);
  assertEquals(notes, ["task"]);
});

Deno.test("TaskGroup.run() rejects with the signal's reason when it is aborted from outside", async () => {
  const controller = new AbortController();
  const notes: string[] = [];
  const running = TaskGroup.run((group) => {
    group.createTask(tidiesUp(notes, "a"));
    group.createTask(tidiesUp(notes, "b"));
  }, { signal: controller.signal });
  await turn();
  const reason = new TypeError("from outside");
  controller.abort(reason);
  assertStrictEquals(await assertRejects(() => running), reason);
  assertEquals(notes, ["a", "b"]);
});

Deno.test("TaskGroup.run() prefers errors to the abort that came with them", async () => {
  const controller = new AbortController();
  const error = await assertRejects(
    () =>
      TaskGroup.run((group) => {
        group.createTask(async (signal) => {
          await untilAborted(signal).catch(() => {});
          throw new RangeError("while tidying up");
        });
        queueMicrotask(() => controller.abort());
      }, { signal: controller.signal }),
    AggregateError,
  );
  assertEquals(error.errors.length, 1);
});

Deno.test("TaskGroup.run() does not call its function when the signal has aborted before", async () => {
  let called = false;
  const reason = new TypeError("before");
  const error = await assertRejects(() =>
    TaskGroup.run(() => {
      called = true;
    }, { signal: AbortSignal.abort(reason) })
  );
  assertStrictEquals(error, reason);
  assertEquals(called, false);
});

Deno.test("TaskGroup is not disturbed by a task that is cancelled on its own", async () => {
  const results = await TaskGroup.run(async (group) => {
    const first = group.createTask(untilAborted, { name: "first" });
    const second = group.createTask(() => 2);
    await second;
    assert(first.cancel());
    await turn();
    assertEquals(first.state, "cancelled");
    assertEquals(group.signal.aborted, false);
    return await group.createTask(() => 3);
  });
  assertEquals(results, 3);
});

Deno.test("TaskGroup takes tasks from its tasks", async () => {
  const ended: number[] = [];
  await TaskGroup.run((group) => {
    const split = (n: number) => async () => {
      await turn();
      ended.push(n);
      if (n < 4) {
        group.createTask(split(n * 2));
        group.createTask(split(n * 2 + 1));
      }
    };
    group.createTask(split(1));
  });
  assertEquals(ended.toSorted(), [1, 2, 3, 4, 5, 6, 7]);
});

Deno.test("TaskGroup refuses tasks after a failure, and after its end", async () => {
  const group = new TaskGroup();
  const failing = group.createTask(() => Promise.reject(new RangeError("broken")));
  await assertRejects(() => failing, RangeError);
  assertThrows(
    () => group.createTask(() => 1),
    Deno.errors.BadResource,
    "is cancelling its tasks",
  );
  await assertRejects(() => group.join(), AggregateError);
  assertThrows(() => group.createTask(() => 1), Deno.errors.BadResource, "has ended");
  await group.join(); // The errors were reported.
});

Deno.test("TaskGroup.cancel() ends the group without an error, from inside and outside", async () => {
  const notes: string[] = [];
  const result = await TaskGroup.run(async (group) => {
    group.createTask(tidiesUp(notes, "task"));
    group.createTask(() => group.cancel());
    await tidiesUp(notes, "function")(group.signal);
    return "not reached";
  });
  assertEquals(result, undefined);
  assertEquals(notes.toSorted(), ["function", "task"]);

  let outer: TaskGroup | undefined;
  const running = TaskGroup.run((group) => {
    outer = group;
    group.createTask(untilAborted);
    return "kept";
  });
  await turn();
  outer!.cancel();
  outer!.cancel();
  assertEquals(await running, "kept");
});

Deno.test("TaskGroup.cancel() does not hide errors", async () => {
  await assertRejects(() =>
    TaskGroup.run(async (group) => {
      group.createTask(async (signal) => {
        await untilAborted(signal).catch(() => {});
        throw new RangeError("while tidying up");
      });
      await turn();
      group.cancel();
    }).then(() => {}), AggregateError);
});

Deno.test("TaskGroup.cancel() before anything has begun: no task runs", async () => {
  const group = new TaskGroup();
  let ran = false;
  const task = group.createTask(() => {
    ran = true;
  });
  group.cancel();
  await group.join();
  assertEquals([ran, task.state], [false, "cancelled"]);
  assertThrows(() => group.createTask(() => 1), Deno.errors.BadResource);
});

Deno.test("TaskGroup: nested groups nest their errors, and an abort reaches the innermost", async () => {
  const notes: string[] = [];
  const error = await assertRejects(
    () =>
      TaskGroup.run((outer) => {
        outer.createTask((signal) =>
          TaskGroup.run((inner) => {
            inner.createTask(tidiesUp(notes, "inner sibling"));
            inner.createTask(() => Promise.reject(new RangeError("inner")));
          }, { signal })
        );
        outer.createTask((signal) =>
          TaskGroup.run((inner) => {
            inner.createTask(tidiesUp(notes, "cousin"));
          }, { signal })
        );
      }),
    AggregateError,
  );
  assertEquals(error.errors.length, 1);
  const inner = error.errors[0];
  assert(inner instanceof AggregateError);
  assertEquals(inner.errors.map(String), ["RangeError: inner"]);
  assertEquals(notes, ["inner sibling", "cousin"]);
});

Deno.test("TaskGroup under a timeout rejects with the TimeoutError", async () => {
  using limit = timeout(1);
  await assertRejects(
    () =>
      TaskGroup.run((group) => {
        group.createTask(untilAborted);
      }, { signal: limit.signal }),
    TimeoutError,
  );
  assert(limit.expired);
});

Deno.test("TaskGroup with await using cancels what is left when the block is left early", async () => {
  const notes: string[] = [];
  await assertRejects(async () => {
    await using group = new TaskGroup();
    group.createTask(tidiesUp(notes, "task"));
    await turn();
    throw new RangeError("out of the block");
  }, RangeError);
  assertEquals(notes, ["task"]);
});

Deno.test("TaskGroup names its tasks", async () => {
  await TaskGroup.run((group) => {
    assertEquals(group.createTask(() => 1).name, "task 1");
    assertEquals(group.createTask(() => 1, { name: "mine" }).name, "mine");
  });
});

Deno.test("TaskGroup leaves no listener on the signal of its caller", async () => {
  const controller = new AbortController();
  let listeners = 0;
  const { signal } = controller;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => (listeners++, add(...args));
  signal.removeEventListener = (
    ...args: Parameters<typeof remove>
  ) => (listeners--, remove(...args));
  for (let i = 0; i < 10; i++) {
    await TaskGroup.run((group) => {
      for (let n = 0; n < 10; n++) group.createTask(() => n);
    }, { signal });
  }
  assertEquals(listeners, 0);
});

Deno.test("Task is a promise whose then() gives plain promises", async () => {
  const task = new Task(() => 2);
  assertEquals(task.state, "pending");
  const next = task.then((n) => n + 1);
  assert(!(next instanceof Task) && next instanceof Promise);
  assertEquals([await next, task.state, task.done], [3, "fulfilled", true]);
});

Deno.test("Task that finishes in spite of its signal has its result", async () => {
  const task = new Task((signal) => untilAborted(signal).catch(() => "saved"));
  await turn();
  task.cancel();
  assertEquals([await task, task.state], ["saved", "fulfilled"]);
});

Deno.test("Task that fails with an error of its own after cancel() is rejected, not cancelled", async () => {
  const task = new Task((signal) =>
    untilAborted(signal).catch(() => {
      throw new RangeError("while tidying up");
    })
  );
  await turn();
  task.cancel();
  await assertRejects(() => task, RangeError);
  assertEquals(task.state, "rejected");
});
