// Handles: what can be shared, and what is attached or refused.
import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { fileURLToPath } from "node:url";
import { attach, share, type SharedHandle, SharedValue } from "@ferry/std/ipc";
import { run } from "./_program.ts";

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
