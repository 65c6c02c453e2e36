// Both directions with every CPython there is. Up to 3.12 it unlinks what it only opened, unless it is told not to.
import { assert, assertEquals, assertThrows } from "@std/assert";
import { ShareableList, SharedMemory } from "@ferry/std/ipc/shared-memory";
import { findEveryPython, type Python } from "../../_support/python.ts";
import { nameOf, runProgram } from "../../_support/python_program.ts";

const PYTHONS = findEveryPython();
if (PYTHONS.length === 0) console.log("skipped: shared memory with CPython: none found");

const ATTACH = `
import sys
from multiprocessing import resource_tracker
from multiprocessing.shared_memory import SharedMemory, ShareableList
def attach(name):
    if sys.version_info >= (3, 13):
        return SharedMemory(name, track=False)
    shm = SharedMemory(name)
    resource_tracker.unregister(shm._name, "shared_memory")
    return shm
`;

/** Runs a program that makes something, answers with a line, and ends when its input does. */
async function withPeer(
  python: Python,
  source: string,
  work: (answer: string) => void,
): Promise<string> {
  const child = new Deno.Command(python.command, {
    args: ["-c", `${ATTACH}${source}`],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
    signal: AbortSignal.timeout(60_000),
  }).spawn();
  const out = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const err = new Response(child.stderr).text();
  let text = "";
  try {
    while (!text.includes("\n")) {
      const { value, done } = await out.read();
      if (done) throw new TypeError(`Python failed: ${await err}`);
      text += value;
    }
    const [answer] = text.split("\n");
    text = text.slice(answer!.length + 1);
    work(answer!);
  } finally {
    await child.stdin.close();
    for (let part = await out.read(); !part.done; part = await out.read()) text += part.value;
    await child.status;
  }
  assertEquals(await err, "");
  return text.trim();
}

for (const python of PYTHONS) {
  Deno.test(`${nameOf(python)} reads and writes our block, and leaves its name`, async () => {
    using memory = SharedMemory.create({ size: 64 });
    new Float64Array(memory.bytes.buffer, 0, 3).set([1.5, -2, 1e300]);
    const out = await runProgram(
      python,
      `${ATTACH}
import struct
shm = attach(${JSON.stringify(memory.name)})
print(struct.unpack_from("<3d", shm.buf), shm.size)
shm.buf[40:45] = b"hello"
shm.close()`,
    );
    assertEquals(out.trim(), "(1.5, -2.0, 1e+300) 64");
    assertEquals(new TextDecoder().decode(memory.bytes.slice(40, 45)), "hello");
    SharedMemory.open(memory.name).close();
    memory.unlink();
  });

  if (python.version[1] < 13) {
    Deno.test(`${nameOf(python)} unlinks what it opened without more ado, as documented`, async () => {
      using memory = SharedMemory.create({ size: 64 });
      await runProgram(
        python,
        `${ATTACH}
import sys
shm = SharedMemory(${JSON.stringify(memory.name)})
shm.close()`,
      );
      // Its tracker is a process of its own, which may take a moment more.
      const deadline = Date.now() + 60_000;
      const path = `/dev/shm/${memory.name}`;
      while (exists(path) && Date.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      assert(!exists(path));
      assertThrows(() => memory.unlink(), Deno.errors.NotFound);
    });
  }

  Deno.test(`We read and write a block of ${nameOf(python)}`, async () => {
    const out = await withPeer(
      python,
      `
shm = SharedMemory(create=True, size=5000)
shm.buf[:3] = b"abc"
print(shm.name, shm.size, flush=True)
sys.stdin.read()
print(bytes(shm.buf[:5]))
shm.close()
shm.unlink()`,
      (answer) => {
        const [name, size] = answer.split(" ") as [string, string];
        using memory = SharedMemory.open(name);
        assertEquals(memory.size, Number(size));
        assertEquals([...memory.bytes.subarray(0, 4)], [97, 98, 99, 0]);
        memory.bytes.set([120, 121], 3);
      },
    );
    assertEquals(out, "b'abcxy'");
  });

  Deno.test(`Both read and write a ShareableList of ${nameOf(python)}, which has our bytes from 3.9 on`, async () => {
    const out = await withPeer(
      python,
      `
sl = ShareableList([1, -2.5, True, False, "text", "", "exactly8", b"bytes", None, -2**63, 2**62])
print(sl.shm.name, sl.format, flush=True)
sys.stdin.read()
print(list(sl))
sl.shm.close()
sl.shm.unlink()`,
      (answer) => {
        const [name, format] = answer.split(" ") as [string, string];
        using theirs = ShareableList.open(name);
        const values = [
          1,
          -2.5,
          true,
          false,
          "text",
          "",
          "exactly8",
          new Uint8Array([98, 121, 116, 101, 115]),
          null,
          -(2n ** 63n),
          2n ** 62n,
        ];
        assertEquals([...theirs], values);
        assertEquals(theirs.format, format);
        if (python.version[1] > 8) {
          using ours = ShareableList.create(values);
          assertEquals(
            ours.sharedMemory.bytes.slice(),
            theirs.sharedMemory.bytes.slice(0, ours.sharedMemory.size),
          );
          ours.sharedMemory.unlink();
        }
        theirs.set(0, 2n ** 53n);
        theirs.set(1, 4);
        theirs.set(2, null);
        theirs.set(3, "short");
        theirs.set(4, "é".repeat(4));
        theirs.set(8, true);
        theirs.set(-1, "instead");
      },
    );
    assertEquals(
      out,
      `[${
        2n ** 53n
      }, 4.0, None, 'short', 'éééé', '', 'exactly8', b'bytes', True, ${-(2n ** 63n)}, ` +
        "'instead']",
    );
  });

  // The layout of 3.8 is one of its own, which is only read.
  if (python.version[1] === 8) continue;

  Deno.test(`${nameOf(python)} reads and writes our ShareableList`, async () => {
    using list = ShareableList.create([7, 0.5, "naïve", true, null, new Uint8Array([255, 1])]);
    const out = await runProgram(
      python,
      `${ATTACH}
name = ${JSON.stringify(list.sharedMemory.name)}
sl = ShareableList(name=name)
if sys.version_info < (3, 13):
    resource_tracker.unregister(sl.shm._name, "shared_memory")
print(list(sl), sl.format, sl.count("naïve"), sl.index(None))
sl[0], sl[1], sl[2], sl[3], sl[4] = -1, 8.0, "other", 12, False
sl.shm.close()`,
    );
    assertEquals(
      out.trim(),
      "[7, 0.5, 'naïve', True, None, b'\\xff\\x01'] qd8sxxxxxxx?xxxxxx?x8s 1 4",
    );
    assertEquals([...list], [-1, 8, "other", 12, false, new Uint8Array([255, 1])]);
    if (python.version[1] < 13) return list.sharedMemory.unlink();
    try {
      list.sharedMemory.unlink();
    } catch (error) {
      // A ShareableList of 3.13 has no `track`, and its process's tracker may have been first.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  });
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
