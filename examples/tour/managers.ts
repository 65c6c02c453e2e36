/**
 * The part of the chapter on ipc that leaves this program: a list and a dict of a manager, and memory with a name. The other
 * program is CPython; where there is none, the same is done here.
 */
import { Manager, ManagerServer } from "@ferry/std/ipc/manager";
import { SharedMemory } from "@ferry/std/ipc/shared-memory";

const KEY = "tour";

/** What CPython does: it changes the list and the dict through its own managers, and doubles the numbers where they lie. */
const PYTHON = `
import sys
from multiprocessing import resource_tracker
from multiprocessing.managers import BaseManager, DictProxy, ListProxy
from multiprocessing.shared_memory import SharedMemory

class Port(BaseManager): pass
Port.register("ships", proxytype=ListProxy)
Port.register("cargo", proxytype=DictProxy)
port = Port(("127.0.0.1", int(sys.argv[1])), authkey=b"${KEY}")
port.connect()
port.ships().append("Python %d.%d" % sys.version_info[:2])
port.cargo().update({"snakes": 2})

if sys.argv[2]:
    memory = SharedMemory(sys.argv[2])
    # Else it would unlink at its end what is not its own.
    resource_tracker.unregister(memory._name, "shared_memory")
    numbers = memory.buf.cast("d")
    for i in range(int(sys.argv[3])): numbers[i] *= 2
    numbers.release()
    memory.close()
`;

/** Runs CPython; whether there is one. */
async function python(...args: string[]): Promise<boolean> {
  let output: Deno.CommandOutput;
  try {
    const command = new Deno.Command("python3", { args: ["-c", PYTHON, ...args] });
    output = await command.output();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return false;
  }
  if (output.success) return true;
  throw new TypeError(`Python failed: ${new TextDecoder().decode(output.stderr)}`);
}

/** Memory with a name, if this system has it. */
function memoryOf(size: number): SharedMemory | undefined {
  try {
    return SharedMemory.create({ size });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotSupported)) throw error;
    console.log(`no shared memory here: ${error.message}`);
    return undefined;
  }
}

/** Shares a list, a dict and numbers with another program. */
export async function shareWithOthers(): Promise<void> {
  const ships: string[] = ["Ferry"];
  const cargo = new Map<string, number>();
  await using server = new ManagerServer({ port: 0 }, {
    authKey: KEY,
    types: {
      ships: { factory: () => ships, as: "list" },
      cargo: { factory: () => cargo, as: "dict" },
    },
  });
  const { port } = server.address as { port: number };
  const numbers = [0.5, 1, 1.5, 2];
  using memory = memoryOf(numbers.length * 8);
  const view = memory === undefined ? undefined : new Float64Array(memory.bytes.buffer);
  view?.set(numbers);

  if (!await python(String(port), memory?.name ?? "", String(numbers.length))) {
    console.log("no python3 found: this program does its part");
    await using manager = await Manager.connect({ port }, { authKey: KEY });
    await (await manager.create("ships")).call("append", ["Deno"]);
    await (await manager.create("cargo")).call("update", [{ snakes: 2 }]);
    if (view !== undefined) { for (let i = 0; i < view.length; i++) view[i]! *= 2; }
  }
  console.log("\nManager, list:", ships);
  console.log("Manager, dict:", Object.fromEntries(cargo));
  if (memory !== undefined && view !== undefined) {
    console.log("SharedMemory, each number doubled:", [...view]);
    memory.unlink();
  }
}
