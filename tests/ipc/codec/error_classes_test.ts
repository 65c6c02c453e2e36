// The package's own errors, sent.
import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import {
  Barrier,
  BrokenBarrierError,
  BufferTooShortError,
  Condition,
  LockNotHeldError,
  Pipe,
  Process,
  ProcessExitError,
  Queue,
  QueueEmptyError,
  QueueFullError,
  QueueShutDownError,
  TimeoutError,
  UnsendableError,
} from "@ferry/std/ipc";
import { decode, encode } from "@ferry/std/ipc/codec";

/** Each class, an error of it as it is thrown, and what it carries. */
const ERRORS: [new (...args: never[]) => Error, Error, Record<string, unknown>][] = [
  [TimeoutError, new TimeoutError("acquire a lock", 5), { timeout: 5 }],
  [BufferTooShortError, new BufferTooShortError(Uint8Array.of(1, 2), 1), {
    bytes: Uint8Array.of(1, 2),
  }],
  [QueueFullError, new QueueFullError({ job: 1 }, 2, 0), { value: { job: 1 } }],
  [QueueEmptyError, new QueueEmptyError(7), {}],
  [QueueShutDownError, new QueueShutDownError("put", [1n]), { value: [1n] }],
  [UnsendableError, new UnsendableError("a function", { path: "value.run", value: 3 }), {
    path: "value.run",
    value: 3,
  }],
  [ProcessExitError, new ProcessExitError("Process-1", -9), { exitCode: -9 }],
  [LockNotHeldError, thrownBy(() => new Condition().notify()), {}],
  [
    BrokenBarrierError,
    thrownBy(() => {
      const barrier = new Barrier(2);
      barrier.abort();
      barrier.waitSync();
    }),
    {},
  ],
];

function thrownBy(run: () => unknown): Error {
  return assertThrows(run) as Error;
}

function check(arrived: unknown, class_: new (...args: never[]) => Error, sent: Error): void {
  assertInstanceOf(arrived, class_);
  assert(Object.getPrototypeOf(arrived) === class_.prototype);
  assertEquals([arrived.name, arrived.message, arrived.stack], [
    sent.name,
    sent.message,
    sent.stack,
  ]);
}

for (const [class_, sent, fields] of ERRORS) {
  Deno.test(`${class_.name} arrives as itself through pipes, queues and bytes, with its fields`, () => {
    using pipe = new Pipe<Error>();
    using queue = new Queue<Error>();
    pipe.first.sendSync(sent);
    queue.putSync(new TypeError("outer", { cause: sent }));
    const arrived = [
      pipe.second.recvSync({ timeout: 10_000 }),
      queue.getSync({ timeout: 10_000 }).cause,
      decode(encode(sent)),
    ];
    for (const error of arrived) {
      check(error, class_, sent);
      for (const [key, value] of Object.entries(fields)) {
        assertEquals((error as unknown as Record<string, unknown>)[key], value, key);
      }
    }
  });
}

Deno.test("The package's errors arrive as themselves from a process", async () => {
  await using process = new Process(async () => {
    const { Queue } = await import("@ferry/std/ipc");
    new Queue({ maxSize: 1 }).getSync({ timeout: 0 });
  });
  process.start();
  const error = await process.result({ timeout: 20_000 }).catch((error) => error);
  assertInstanceOf(error, QueueEmptyError);
});

Deno.test("A subclass of one of the package's errors arrives as that, with its name", () => {
  class MyTimeout extends TimeoutError {
    override readonly name = "MyTimeout";
  }
  const error = decode(encode(new MyTimeout("wait", 1)));
  assertInstanceOf(error, TimeoutError);
  assert(!(error instanceof MyTimeout));
  assertEquals([error.name, error.timeout], ["MyTimeout", 1]);
});
