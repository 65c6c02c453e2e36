// deno run --allow-ffi --allow-run=python3 examples/ipc/04_numpy.ts
/**
 * A Float64Array in Deno and a numpy array in CPython on the same memory: no number is copied or sent, only the name is.
 * CPython sorts the numbers where they are.
 */
import { SharedMemory } from "@ferry/std/ipc/shared-memory";

const PYTHON = `
import sys
from multiprocessing import resource_tracker
from multiprocessing.shared_memory import SharedMemory
import numpy

name, count = sys.argv[1], int(sys.argv[2])
if sys.version_info >= (3, 13):
    shm = SharedMemory(name, track=False)
else:
    shm = SharedMemory(name)
    # Else it would unlink at its end what is not its own.
    resource_tracker.unregister(shm._name, "shared_memory")
numbers = numpy.ndarray(count, "<f8", shm.buf)
print("numpy sees", count, "numbers, the largest is", numbers.max(), flush=True)
numbers.sort()
numbers[0] = -1
del numbers
shm.close()
`;

const COUNT = 1_000_000;
using memory = SharedMemory.create({ size: COUNT * 8 });
const numbers = new Float64Array(memory.bytes.buffer);
for (let i = 0; i < COUNT; i++) numbers[i] = (i * 7919) % COUNT;

const child = new Deno.Command("python3", {
  args: ["-c", PYTHON, memory.name, String(COUNT)],
  stdout: "inherit",
}).spawn();
const { success } = await child.status;
console.log("Python ended well:", success);
console.log("Deno sees", [...numbers.subarray(0, 3)], "...", [...numbers.subarray(-2)]);
memory.unlink();
