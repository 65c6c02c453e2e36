import { assert, assertEquals, assertMatch, assertNotEquals, assertThrows } from "@std/assert";
import { SharedMemory, SharedMemoryManager } from "@ferry/std/ipc/shared-memory";
import { Process, Queue } from "@ferry/std/ipc";
import { program, run } from "../../_support/program.ts";
import { fileURLToPath } from "node:url";

const { AlreadyExists, BadResource, NotFound } = Deno.errors;

/** Whether a name is there, seen without the module under test. */
function isThere(name: string): boolean {
  try {
    Deno.lstatSync(`/dev/shm/${name}`);
    return true;
  } catch (error) {
    if (error instanceof NotFound) return false;
    throw error;
  }
}

/** A name that no other test has. */
function freshName(): string {
  return `ferry_test_${crypto.randomUUID()}`;
}

Deno.test("SharedMemory: what one object writes, another of the same name reads", () => {
  using a = SharedMemory.create({ size: 100 });
  assertMatch(a.name, /^psm_[0-9a-f]{8}$/);
  assertEquals([a.size, a.bytes.length, a.closed], [100, 100, false]);
  using b = SharedMemory.open(a.name);
  assertEquals(b.size, 100);
  a.bytes[99] = 7;
  assertEquals(b.bytes[99], 7);
  b.bytes.set([1, 2, 3]);
  assertEquals([...a.bytes.subarray(0, 4)], [1, 2, 3, 0]);
  assertEquals(Atomics.add(new Int32Array(b.bytes.buffer, 4, 1), 0, 5), 0);
  assertEquals(new DataView(a.bytes.buffer).getInt32(4, true), 5);
  a.unlink();
  b.bytes[0] = 9;
  assertEquals(a.bytes[0], 9, "open ones go on without a name");
});

Deno.test("SharedMemory.create() refuses names that are taken or cannot be, and sizes that are none", () => {
  const name = freshName();
  using memory = SharedMemory.create({ size: 1, name });
  assertThrows(() => SharedMemory.create({ size: 1, name }), AlreadyExists, name);
  memory.unlink();
  for (const size of [0, -1, 1.5, NaN, Infinity, 2 ** 60, "4" as unknown as number]) {
    assertThrows(() => SharedMemory.create({ size, name }), RangeError, "size");
  }
  assertThrows(() => SharedMemory.create({ size: 2 ** 50, name }), RangeError, "no room");
  assertEquals(isThere(name), false);
  for (const wrong of ["", "a/b", "a\0b", ".", "..", "\ud800", "é".repeat(128)]) {
    assertThrows(() => SharedMemory.create({ size: 1, name: wrong }), TypeError, "name");
    assertThrows(() => SharedMemory.open(wrong), TypeError, "name");
  }
  assertThrows(() => SharedMemory.open(5 as unknown as string), TypeError, "string");
  assertThrows(() => SharedMemory.create(8 as unknown as { size: 8 }), TypeError, "{ size");
  assertThrows(() => SharedMemory.create({ size: 1, mode: 0o1000 }), RangeError, "mode");
  assertThrows(() => SharedMemory.open(name), NotFound, name);
  assertThrows(() => new SharedMemory({}), TypeError, "SharedMemory.create");
});

Deno.test("SharedMemory.create() gives its file the size and permission bits that were asked for", () => {
  const old = Deno.umask(0);
  try {
    using ours = SharedMemory.create({ size: 10 });
    using all = SharedMemory.create({ size: 10, mode: 0o666, name: freshName() });
    assertEquals(Deno.statSync(`/dev/shm/${ours.name}`).mode! & 0o777, 0o600);
    assertEquals(Deno.statSync(`/dev/shm/${all.name}`).mode! & 0o777, 0o666);
    assertEquals(Deno.statSync(`/dev/shm/${all.name}`).size, 10);
    ours.unlink();
    all.unlink();
  } finally {
    Deno.umask(old);
  }
});

Deno.test("SharedMemory.close() empties all views, and a second close does nothing", () => {
  const memory = SharedMemory.create({ size: 64 });
  const { bytes } = memory;
  const numbers = new Float64Array(bytes.buffer, 8, 2);
  memory.close();
  memory.close();
  assertEquals([bytes.length, numbers.length, memory.closed], [0, 0, true]);
  assertThrows(() => memory.bytes, BadResource, memory.name);
  assertEquals(Deno.inspect(memory), `SharedMemory { "${memory.name}", closed }`);
  memory.unlink();
  assertThrows(() => memory.unlink(), NotFound, memory.name);
});

Deno.test("A buffer that was transferred elsewhere stays readable after close()", () => {
  using memory = SharedMemory.create({ size: 4096 });
  memory.bytes[0] = 42;
  const moved = memory.bytes.buffer.transfer();
  memory.close();
  assertEquals(new Uint8Array(moved)[0], 42);
  memory.unlink();
});

Deno.test("SharedMemory leaves no descriptor open", () => {
  const count = () => [...Deno.readDirSync("/proc/self/fd")].length;
  SharedMemory.create({ size: 1 }).unlink();
  const before = count();
  for (let i = 0; i < 50; i++) {
    const memory = SharedMemory.create({ size: 1 });
    SharedMemory.open(memory.name).close();
    assertThrows(() => SharedMemory.create({ size: 1, name: memory.name }), AlreadyExists);
    assertThrows(() => SharedMemory.open("ferry_no_such_name"), NotFound);
    memory.close();
    memory.unlink();
  }
  assertEquals(count(), before);
});

Deno.test("SharedMemory travels to a Process by its name", async () => {
  using memory = SharedMemory.create({ size: 8 });
  const queue = new Queue<number>();
  const child = new Process(
    (memory, queue) => {
      queue.putSync(memory.bytes[0]!);
      memory.bytes[1] = 6;
      memory.close();
    },
    { args: [memory, queue], imports: [import.meta.resolve("@ferry/std/ipc/shared-memory")] },
  );
  memory.bytes[0] = 5;
  child.start();
  await child.join({ timeout: 60_000 });
  assertEquals([child.exitCode, await queue.get({ timeout: 60_000 })], [0, 5]);
  assertEquals(memory.bytes[1], 6);
  memory.unlink();
});

Deno.test("SharedMemoryManager unlinks all that it made, and makes no more", () => {
  const manager = new SharedMemoryManager();
  const memory = manager.sharedMemory(16);
  const list = manager.shareableList(["a", 1]);
  assertEquals(list.get(0), "a");
  const gone = manager.sharedMemory(16);
  gone.unlink();
  manager.shutdown();
  manager.shutdown();
  assertEquals([memory.closed, isThere(memory.name)], [true, false]);
  assertEquals(isThere(list.sharedMemory.name), false);
  assertThrows(() => manager.sharedMemory(1), BadResource, "shut down");
  assertThrows(() => manager.shareableList([1]), BadResource, "shut down");
});

const MAKE = `
import { SharedMemory } from "@ferry/std/ipc/shared-memory";
const make = (more) => SharedMemory.create({ size: 10, ...more });
`;

Deno.test("A program that ends unlinks what it tracks, and only that", async () => {
  const { out, err, code } = await program(`${MAKE}
    const tracked = make({}), kept = make({ track: false });
    const opened = SharedMemory.open(kept.name);
    console.log(JSON.stringify([tracked.name, kept.name]));
    Deno.exit(3);
  `);
  assertEquals([code, err], [3, ""]);
  const [tracked, kept] = JSON.parse(out) as [string, string];
  assertEquals([isThere(tracked), isThere(kept)], [false, true]);
  SharedMemory.open(kept).unlink();
});

Deno.test("What a killed program has left is unlinked by the next one, and its name can be used at once", async () => {
  const name = freshName();
  const { out, code } = await program(`${MAKE}
    const names = [make({ name: ${JSON.stringify(name)} }).name];
    for (let i = 0; i < 3; i++) names.push(make({}).name);
    console.log(JSON.stringify(names));
    Deno.kill(Deno.pid, "SIGKILL");
  `);
  assertNotEquals(code, 0);
  const names = JSON.parse(out) as string[];
  assertEquals(names.map(isThere), [true, true, true, true]);
  // This process has swept already, so that the name alone makes it look again.
  using again = SharedMemory.create({ size: 20, name });
  assertEquals(again.size, 20);
  assertEquals(names.map(isThere), [true, false, false, false]);
  again.unlink();
});

Deno.test("A name that somebody else has taken meanwhile is left alone", async () => {
  const name = freshName();
  const { out } = await program(`${MAKE}
    make({ name: ${JSON.stringify(name)} });
    Deno.removeSync("/dev/shm/" + ${JSON.stringify(name)});
    Deno.writeTextFileSync("/dev/shm/" + ${JSON.stringify(name)}, "another's");
    console.log("made");
    Deno.kill(Deno.pid, "SIGKILL");
  `);
  assertEquals(out, "made\n");
  try {
    assertThrows(() => SharedMemory.create({ size: 1, name }), AlreadyExists);
    const next = await program(`${MAKE} make({}); console.log("swept");`);
    assertEquals(next.out, "swept\n");
    assertEquals(Deno.readTextFileSync(`/dev/shm/${name}`), "another's");
  } finally {
    Deno.removeSync(`/dev/shm/${name}`);
  }
});

Deno.test("A living program's names are not swept, and records that are none do no harm", async () => {
  const record = `/dev/shm/ferry-shm-0-${crypto.randomUUID()}`;
  const garbage = new Uint8Array(1000);
  for (let i = 0; i < garbage.length; i++) garbage[i] = (i * 97 + 1) % 256;
  Deno.writeFileSync(record, garbage);
  using memory = SharedMemory.create({ size: 1 });
  const { out, err } = await program(`${MAKE} make({}); console.log("swept");`);
  assertEquals([out, err], ["swept\n", ""]);
  assert(isThere(memory.name));
  assertEquals(isThere(record.slice("/dev/shm/".length)), false);
  memory.unlink();
});

Deno.test("Without --allow-ffi the error says what is missing, and importing asks for nothing", async () => {
  const config = fileURLToPath(new URL("../../../deno.json", import.meta.url));
  const { out, err } = await run({
    args: ["--config", config, "-"],
    stdin: `${MAKE}
      for (const f of [() => make({}), () => SharedMemory.open("x")]) {
        try { f(); } catch (error) { console.log(error.name, error.message); }
      }`,
  });
  assertEquals(err, "");
  assertEquals(out.match(/NotCapable Cannot .*--allow-ffi is needed/g)?.length, 2, out);
});

Deno.test("--allow-ffi alone is enough", async () => {
  const config = fileURLToPath(new URL("../../../deno.json", import.meta.url));
  const { out, err } = await run({
    args: ["--allow-ffi", "--config", config, "-"],
    stdin: `${MAKE}
      const memory = make({});
      console.log(SharedMemory.open(memory.name).size);
      memory.unlink();`,
  });
  assertEquals([out, err], ["10\n", ""]);
});

Deno.test("Where the system names no object by its descriptor, the name comes by way of /proc", async () => {
  const { code, out, err } = await program(`
    const { dlopen } = Deno;
    const flags = [];
    Deno.dlopen = (path, definitions) => {
      const { symbols } = dlopen(path, definitions);
      const linkat = (from, path, to, name, how) => {
        flags.push(how);
        // Of the empty path alone the system says that there is none.
        return symbols.linkat(from, path, to, name, how & ~0x1000);
      };
      return { symbols: { ...symbols, linkat } };
    };
    const { SharedMemory } = await import("@ferry/std/ipc/shared-memory");
    using memory = SharedMemory.create({ size: 8 });
    using same = SharedMemory.open(memory.name);
    memory.bytes[7] = 7;
    let taken;
    try {
      SharedMemory.create({ size: 8, name: memory.name });
    } catch (error) {
      taken = error.name;
    }
    memory.unlink();
    console.log(JSON.stringify([same.bytes[7], taken, flags.filter((how) => how === 0x1000).length]));
  `);
  assertEquals([code, out.trim(), err], [0, '[7,"AlreadyExists",1]', ""]);
});
