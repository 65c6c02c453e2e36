// Handles: what can be shared, and what is attached or refused.
import { assertEquals, assertStrictEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { fileURLToPath } from "node:url";
import {
  attach,
  Lock,
  Pipe,
  Process,
  Queue,
  share,
  type SharedHandle,
  type SharedObject,
  SharedValue,
  UnsendableError,
} from "@ferry/std/ipc";
import { run } from "../_support/program.ts";

const CONFIG = fileURLToPath(new URL("../../deno.json", import.meta.url));

/** A handle to memory that nobody here made. */
function foreign(byteLength: number): SharedHandle {
  return {
    ferry: "shared-object",
    buffer: new SharedArrayBuffer(byteLength),
    line: 10,
    generation: 0,
  };
}

const SIZES = [0, 4, 60, 64, 576, 640, 65_536];

Deno.test("attach() refuses memory of any size that is not the program's, in a worker that shares already", () => {
  using value = new SharedValue("int32", 7);
  for (const size of SIZES) {
    assertThrows(() => attach(foreign(size)), TypeError, "the two memories are apart");
  }
  assertStrictEquals(attach(share(value)), value);
});

Deno.test("attach() refuses memory of any size that is no arena, in a worker that does not share yet", async () => {
  const { code, out, err } = await run({
    args: ["--config", CONFIG, "-"],
    stdin: `
      import { attach, SharedValue } from "@ferry/std/ipc";
      for (const size of ${JSON.stringify(SIZES)}) {
        const buffer = new SharedArrayBuffer(size);
        try {
          attach({ ferry: "shared-object", buffer, line: 10, generation: 0 });
        } catch (error) {
          console.log(error.name + ": " + error.message);
        }
      }
      console.log(new SharedValue("int32", 7).value);
    `,
  });
  const refused = "TypeError: Cannot attach shared memory: the buffer is not a Ferry arena\n";
  assertEquals([code, out], [0, refused.repeat(SIZES.length) + "7\n"], err);
});

Deno.test("What only looks like a shared object is refused wherever it is sent, with the path", () => {
  using lock = new Lock();
  using value = new SharedValue("int32", 7);
  using queue = new Queue<unknown>();
  using pipe = new Pipe<unknown>();
  const { proxy: revoked, revoke } = Proxy.revocable(lock, {});
  revoke();
  const cases: [object, string][] = [
    [new Proxy(lock, {}), "looks like a shared object and is none"],
    [Object.create(value), "looks like a shared object and is none"],
    [new Proxy(pipe.second, {}), "looks like a shared object and is none"],
    [Object.create(Lock.prototype), "looks like a shared object and is none"],
    [revoked, "a revoked Proxy"],
  ];
  for (const [bad, why] of cases) {
    const sends: ((value: unknown) => void)[] = [
      (value) => pipe.first.sendSync(value),
      (value) => pipe.first.trySend(value),
      (value) => queue.putSync(value),
      (value) => queue.tryPut(value),
    ];
    for (const send of sends) {
      const error = assertThrows(() => send({ lock, parts: [1, bad] }), UnsendableError);
      assertEquals(error.path, "value.parts[1]");
      assertStringIncludes(error.message, `Cannot send value.parts[1]: ${why}`);
      assertStrictEquals(error.value, bad === revoked ? undefined : bad);
    }
    const process = new Process((..._: unknown[]) => {}, { args: [value, { bad }] });
    assertEquals(assertThrows(() => process.start(), UnsendableError).path, "value[1].bad");
    assertThrows(() => share(bad as SharedObject), TypeError, "Cannot share: a shared object");
  }
  for (const bad of [undefined, null, 5, {}]) {
    assertThrows(() => share(bad as never), TypeError, "Cannot share: a shared object");
  }
  // What was sent along is as it was; nothing was sent.
  assertEquals([queue.size, pipe.second.tryPoll()], [0, false]);
  pipe.first.sendSync({ lock });
  assertStrictEquals((pipe.second.recvSync() as { lock: Lock }).lock, lock);
});
