import { assertEquals, assertThrows } from "@std/assert";
import { Lock } from "@ferry/std/ipc";
import { SharedMemory } from "@ferry/std/ipc/shared-memory";
import { Random, seedFor } from "../../_support/random.ts";
import { freshName, Program } from "./named/_program.ts";
import { fileURLToPath } from "node:url";

const STRESS = Deno.env.get("FERRY_STRESS") === "1";
const FOLDER = "/dev/shm";

/** Files of shared memory whose names have a part. */
function filesWith(part: string): string[] {
  return [...Deno.readDirSync(FOLDER)].map(({ name }) => name).filter((name) =>
    name.includes(part)
  );
}

Deno.test("Programs killed while they make, open and unlink leave nothing that the next one does not sweep", async () => {
  const random = new Random(seedFor("programs with blocks and locks, killed"));
  const part = freshName();
  const makers = {
    blocks: `
      import { SharedMemory } from "@ferry/std/ipc/shared-memory";
      say("ready");
      for (let i = 0;; i++) {
        const memory = SharedMemory.create({ size: 100, name: "${part}" + i });
        using _same = SharedMemory.open(memory.name);
        memory.close();
        memory.unlink();
      }
    `,
    locks: `
      say("ready");
      for (let i = 0;; i++) {
        using lock = new Lock({ name: "${part}" + i % 3 });
        using _same = new Lock({ name: "${part}" + i % 3 });
        lock.acquireSync();
      }
    `,
  };
  for (const [what, source] of Object.entries(makers)) {
    for (let round = 0; round < (STRESS ? 40 : 4); round++) {
      await using one = new Program(source.replaceAll(part, `${part}-${round}-`));
      assertEquals(await one.said(), "ready");
      await new Promise((resolve) => setTimeout(resolve, random.below(60)));
      await one.kill();
    }
    await using next = new Program(`
      import { SharedMemory } from "@ferry/std/ipc/shared-memory";
      using memory = SharedMemory.create({ size: 1 });
      using lock = new Lock({ name: "${freshName()}" });
      memory.unlink();
      say("swept");
    `);
    assertEquals(await next.said(), "swept");
    assertEquals(filesWith(part), [], what);
  }
});

Deno.test("Atomic operations on a block's bytes are atomic between programs", async () => {
  using memory = SharedMemory.create({ size: 4096 });
  const source = `
    import { SharedMemory } from "@ferry/std/ipc/shared-memory";
    const words = new Int32Array(SharedMemory.open("${memory.name}").bytes.buffer);
    say("ready");
    while (Atomics.load(words, 0) === 0);
    for (let i = 0; i < 100_000; i++) Atomics.add(words, 16, 1);
    for (let i = 0; i < 100_000;) {
      const seen = Atomics.load(words, 32);
      if (Atomics.compareExchange(words, 32, seen, seen + 1) === seen) i++;
    }
    for (let i = 0; i < 100_000; i++) {
      while (Atomics.exchange(words, 48, 1) !== 0);
      words[64]++;
      Atomics.store(words, 48, 0);
    }
    say("done");
  `;
  await using one = new Program(source);
  await using two = new Program(source);
  assertEquals([await one.said(), await two.said()], ["ready", "ready"]);
  const words = new Int32Array(memory.bytes.buffer);
  Atomics.store(words, 0, 1);
  assertEquals([await one.said(), await two.said()], ["done", "done"]);
  assertEquals([words[16], words[32], words[64]], [200_000, 200_000, 200_000]);
  memory.unlink();
});

Deno.test("Files that are no objects, links and folders are refused or replaced, not believed", () => {
  const name = freshName();
  const file = `${FOLDER}/ferry-ipc-${name}`;
  for (const content of ["", "rubbish", "x".repeat(100_000)]) {
    Deno.writeTextFileSync(file, content);
    using lock = new Lock({ name });
    assertEquals(lock.locked, false);
  }
  assertEquals(filesWith(name), []);
  Deno.mkdirSync(file);
  assertThrows(() => new Lock({ name }), Deno.errors.NotSupported, "EISDIR");
  Deno.removeSync(file);
  Deno.symlinkSync("/etc/passwd", file);
  assertThrows(() => new Lock({ name }), Deno.errors.NotSupported, "ELOOP");
  Deno.removeSync(file);
});

Deno.test({
  name: "Another user's object is not opened",
  // Only who may give files away can try.
  ignore: Deno.uid() !== 0,
  fn() {
    const name = freshName();
    const file = `${FOLDER}/ferry-ipc-${name}`;
    Deno.writeTextFileSync(file, "");
    Deno.chownSync(file, 65534, 65534);
    try {
      assertThrows(() => new Lock({ name }), Deno.errors.PermissionDenied, "another user's");
    } finally {
      Deno.removeSync(file);
    }
  },
});

/** Whether this process can have file systems of its own. */
async function canUnshare(): Promise<boolean> {
  try {
    const { success } = await new Deno.Command("unshare", {
      args: ["-m", "mount", "-t", "tmpfs", "none", FOLDER],
      stderr: "null",
    }).output();
    return success;
  } catch {
    return false;
  }
}

Deno.test("Where the system has no more shared memory, that is an error, and nobody is killed", async () => {
  if (!await canUnshare()) {
    console.log("skipped: this user cannot have a /dev/shm of its own");
    return;
  }
  const source = `
    import { Lock, Queue, SharedMap } from "@ferry/std/ipc";
    import { SharedMemory } from "@ferry/std/ipc/shared-memory";
    const error = (call) => {
      try {
        for (;;) call();
      } catch (error) {
        return error.name;
      }
    };
    const queue = new Queue({ name: "q" }), map = new SharedMap(null, { name: "m" });
    const item = new Uint8Array(20_000).fill(1);
    let n = 0;
    const said = [error(() => queue.putSync(item)), error(() => map.set(n++, item))];
    said.push(error(() => SharedMemory.create({ size: 4096 })));
    said.push(error(() => new Lock({ name: "l" + n++ })), error(() => SharedMemory.create({ size: 2 ** 30 })));
    const files = () => [...Deno.readDirSync("/proc/self/fd")].length;
    const before = files();
    for (let i = 0; i < 5; i++) error(() => new Lock({ name: "none" }));
    said.push(files() - before);
    // What is given back can be used again.
    for (let i = 0; i < 15; i++) queue.getSync();
    for (let i = 0; i < 6; i++) queue.putSync(item);
    said.push([...map].every(([, value]) => value.length === item.length && value[0] === 1));
    console.log(JSON.stringify(said));
  `;
  const config = fileURLToPath(new URL("../../../deno.json", import.meta.url));
  const run = `mount -t tmpfs -o size=1m none ${FOLDER} && exec "$@"`;
  const { code, stdout, stderr } = await new Deno.Command("unshare", {
    args: [
      ...["-m", "sh", "-c", run, "sh", Deno.execPath(), "run", "-A", "--no-check"],
      ...["--config", config, `data:application/javascript,${encodeURIComponent(source)}`],
    ],
    signal: AbortSignal.timeout(60_000),
  }).output();
  const text = new TextDecoder();
  assertEquals([code, text.decode(stderr)], [0, ""]);
  const [put, set, create, lock, huge, leaked, whole] = JSON.parse(text.decode(stdout));
  assertEquals([put, set, create, lock, huge], Array(5).fill("RangeError"));
  assertEquals([leaked, whole], [0, true]);
});
