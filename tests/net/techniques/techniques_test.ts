import { fileURLToPath } from "node:url";
import { type Address, openConnection } from "@ferry/std/net";
import { NetError } from "@ferry/std/net/errors";
import {
  type CrewOptions,
  type HandlerTarget,
  serve,
  servePrefork,
  serveWorkerPerConnection,
  serveWorkers,
} from "@ferry/std/net/techniques";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { lines } from "./_handlers.ts";

const module = import.meta.resolve("./_handlers.ts");
const target: HandlerTarget = { module, export: "lines" };
const text = new TextDecoder();
const LINUX = Deno.build.os === "linux";
const DENO_ARGS = ["--allow-net", "--allow-read", "--no-check"];

/** Sends a line and gives the answer; "" at the end. */
async function ask(address: Address, line: string): Promise<string> {
  await using client = await openConnection(address);
  client.writer.write(`${line}\n`);
  const answer = await client.reader.readLine({ timeout: 300_000 });
  return answer === null ? "" : text.decode(answer);
}

interface Running extends AsyncDisposable {
  readonly address: Address;
}

const TECHNIQUES: Record<string, () => Promise<Running>> = {
  "serve()": () => serve(lines, { port: 0 }),
  "serve() with max": () => serve(lines, { port: 0, concurrency: { max: 3 } }),
  "serveWorkers()": () => serveWorkers(target, { port: 0, workers: 2 }),
  "servePrefork()": () => servePrefork(target, { port: 0, processes: 2, denoArgs: DENO_ARGS }),
  "serveWorkerPerConnection()": () => serveWorkerPerConnection(target, { port: 0, spare: 1 }),
};

for (const [name, start] of Object.entries(TECHNIQUES)) {
  Deno.test(`${name} runs the same handler for many clients at once`, async () => {
    await using server = await start();
    // Each new worker is type-checked by the test runner, which takes its time.
    const count = name === "serveWorkerPerConnection()" ? 3 : 12;
    const clients = Array.from({ length: count }, async (_, i) => {
      await using client = await openConnection(server.address);
      const { reader, writer } = client;
      for (let n = 0; n < 5; n++) {
        writer.write(`client ${i} line ${n}\n`);
        const answer = await reader.readLine({ timeout: 300_000 });
        assertEquals(text.decode(answer!), `CLIENT ${i} LINE ${n}`);
      }
      writer.writeEof();
      assertEquals(text.decode(await reader.readAll({ timeout: 300_000 })), "bye\n");
    });
    await Promise.all(clients);
  });
}

Deno.test({
  name: "serveWorkers() and servePrefork() spread connections over their members",
  ignore: !LINUX,
  async fn() {
    await using workers = await serveWorkers(target, { port: 0, workers: 2 });
    await using processes = await servePrefork(target, {
      port: 0,
      processes: 2,
      denoArgs: DENO_ARGS,
    });
    assertEquals([workers.workers, processes.processes], [2, 2]);
    for (const [{ address }, own] of [[workers, true], [processes, false]] as const) {
      const seen = new Set<string>();
      const pids = new Set<string>();
      // By the hash of the client's port; that one of two gets none of a thousand does not happen.
      for (let i = 0; i < 1000 && seen.size < 2; i++) {
        seen.add(await ask(address, "who"));
        pids.add(await ask(address, "pid"));
      }
      assertEquals(seen.size, 2);
      assertEquals(pids.has(String(Deno.pid)), own);
    }
  },
});

Deno.test("serveWorkers() replaces a worker that dies, and tells so", async () => {
  const deaths = Promise.withResolvers<[string, string]>();
  await using server = await serveWorkers(target, {
    port: 0,
    workers: 1,
    onDeath: (...args) => deaths.resolve(args),
  });
  const before = await ask(server.address, "who");
  await ask(server.address, "die").catch(() => {});
  const [reason, member] = await deaths.promise;
  assert(reason.includes("thrown where nobody catches it"));
  assertEquals(member, "worker 1");
  let after = "";
  while (after === "") after = await ask(server.address, "who").catch(() => "");
  assert(after !== before);
  assertEquals(server.workers, 1);
});

Deno.test("servePrefork() replaces a process that dies, and tells so", async () => {
  const deaths = Promise.withResolvers<[string, string]>();
  await using server = await servePrefork(target, {
    port: 0,
    processes: 1,
    denoArgs: DENO_ARGS,
    onDeath: (...args) => deaths.resolve(args),
  });
  const before = await ask(server.address, "pid");
  await ask(server.address, "exit").catch(() => {});
  const [reason] = await deaths.promise;
  assertEquals(reason, `process ${before} ended with exit code 3`);
  let after = "";
  while (after === "") after = await ask(server.address, "pid").catch(() => "");
  assert(after !== before);
});

/** Serves by two workers. */
function serveByWorkers(target: HandlerTarget, options: Partial<CrewOptions> = {}) {
  return serveWorkers(target, { port: 0, workers: 2, ...options });
}

/** Serves by a process. */
function serveByProcesses(target: HandlerTarget, options: Partial<CrewOptions> = {}) {
  return servePrefork(target, { port: 0, processes: 1, denoArgs: DENO_ARGS, ...options });
}

Deno.test("serveWorkers() and servePrefork() tell what a handler throws, and go on", async () => {
  for (const serveThem of [serveByWorkers, serveByProcesses]) {
    const told = Promise.withResolvers<[Error, string]>();
    await using server = await serveThem(target, {
      onError: (...args: [Error, string]) => told.resolve(args),
    });
    assertEquals(await ask(server.address, "throw").catch(() => ""), "");
    const [error] = await told.promise;
    assert(
      error instanceof NetError && error.message.includes("RangeError: thrown by the handler"),
    );
    assertEquals(await ask(server.address, "hello"), "HELLO");
  }
});

Deno.test("WorkerServer.shutdown() ends connections that are idle and reports them", async () => {
  const server = await serveWorkers(target, { port: 0, workers: 2 });
  const clients = [];
  for (let i = 0; i < 4; i++) clients.push(await openConnection(server.address));
  for (const { reader, writer } of clients) {
    writer.write("x\n");
    assertEquals(text.decode((await reader.readLine())!), "X");
  }
  const report = await server.shutdown({ grace: 30_000 });
  assertEquals(report, { idle: 4, drained: 0, aborted: 0 });
  for (const client of clients) {
    assertEquals(text.decode(await client.reader.readAll()), "bye\n");
    await client.close();
  }
  await assertRejects(() => openConnection(server.address), NetError);
  assertEquals(await server.shutdown(), report);
  assertEquals(server.workers, 0);
});

Deno.test("WorkerServer.shutdown() ends a worker that computes and hears nothing", async () => {
  const server = await serveWorkers(target, { port: 0, workers: 1 });
  const client = await openConnection(server.address);
  client.writer.write("compute\n");
  await client.writer.flush();
  await server.shutdown({ grace: 50 });
  assertEquals(server.workers, 0);
  client.abort();
});

Deno.test("PreforkServer.shutdown() leaves no process behind", async () => {
  const server = await servePrefork(target, { port: 0, processes: 2, denoArgs: DENO_ARGS });
  const pid = Number(await ask(server.address, "pid"));
  await server.shutdown();
  let gone = false;
  try {
    Deno.kill(pid, "SIGCONT");
  } catch (error) {
    gone = error instanceof Deno.errors.NotFound || error instanceof TypeError;
  }
  assert(gone);
});

Deno.test("servePrefork()'s processes end when the program that started them is killed", async () => {
  const program = `
    import { servePrefork } from "@ferry/std/net/techniques";
    const server = await servePrefork(${JSON.stringify(target)}, {
      port: 0, processes: 2, denoArgs: ${JSON.stringify(DENO_ARGS)},
    });
    console.log(JSON.stringify(server.address));
  `;
  const file = new URL("./_prefork_program.ts", import.meta.url);
  await Deno.writeTextFile(file, program);
  try {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", fileURLToPath(file)],
      stdout: "piped",
    }).spawn();
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const { value } = await reader.read();
    const address: Address = JSON.parse(value!);
    assertEquals(await ask(address, "hello"), "HELLO");
    child.kill("SIGKILL");
    await child.status;
    await reader.cancel();
    // Nobody listens any more, sooner or later.
    while (await ask(address, "hello").catch(() => undefined) !== undefined);
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("serveWorkerPerConnection(): a handler that computes delays nobody else", async () => {
  await using server = await serveWorkerPerConnection(target, { port: 0 });
  const busy = await openConnection(server.address);
  busy.writer.write("compute\n");
  await busy.writer.flush();
  assertEquals(await ask(server.address, "hello"), "HELLO");
  assert(await ask(server.address, "who") !== await ask(server.address, "who"));
  busy.abort();
  // The one that computes is cut off with its worker.
  const { aborted } = await server.shutdown({ grace: 500 });
  assert(aborted > 0);
  await server.waitClosed();
});

Deno.test("serveWorkerPerConnection(): what a handler throws, caught or not, ends one connection", async () => {
  const errors: unknown[] = [];
  await using server = await serveWorkerPerConnection(target, {
    port: 0,
    onError: (error) => errors.push(error),
  });
  for (const word of ["throw", "die"]) {
    assertEquals(await ask(server.address, word).catch(() => ""), "");
  }
  assertEquals(await ask(server.address, "hello"), "HELLO");
  assertEquals(errors.length, 2);
  for (const error of errors) assert(error instanceof NetError && error.message.includes("thrown"));
});

Deno.test("serveWorkerPerConnection() serves though a worker has ended before it had a connection", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const source =
    `const conn = await Deno.connect({ hostname: "127.0.0.1", port: ${listener.addr.port} });
    const mayServe = (await conn.read(new Uint8Array(1))) === 1;
    if (!mayServe) queueMicrotask(() => { throw new RangeError("thrown ahead of time"); });
    export default ({ writer }) => { writer.write("served"); };`;
  const handler = "data:text/javascript," + encodeURIComponent(source);
  await using server = await serveWorkerPerConnection({ module: handler }, { port: 0, spare: 1 });
  using spare = await listener.accept();
  await spare.closeWrite();
  await spare.read(new Uint8Array(1)).catch(() => {}); // Until its worker is gone.
  const conns: Deno.Conn[] = [];
  const letServe = (async () => {
    for await (const conn of listener) {
      conns.push(conn);
      await conn.write(new Uint8Array(1));
    }
  })();
  // The news of the end may come later than the first connection, which ends then.
  let served = "";
  for (let i = 0; i < 3 && served === ""; i++) {
    await using client = await openConnection(server.address);
    served = text.decode(await client.reader.readAll({ timeout: 300_000 }).catch(() => undefined));
  }
  assertEquals(served, "served");
  await server.shutdown();
  listener.close();
  await letServe.catch(() => {});
  for (const conn of conns) conn.close();
});

Deno.test("serveWorkerPerConnection() carries a megabyte each way, and the end of it", async () => {
  await using server = await serveWorkerPerConnection({ module, export: "echo" }, { port: 0 });
  await using client = await openConnection(server.address);
  const sent = Uint8Array.from({ length: 65_536 }, (_, i) => i * 31 + (i >> 8));
  const writing = (async () => {
    for (let i = 0; i < 16; i++) {
      client.writer.write(sent);
      await client.writer.drain();
    }
    client.writer.writeEof();
  })();
  const received = await client.reader.readAll();
  await writing;
  assertEquals(received.length, 16 * sent.length);
  for (let i = 0; i < 16; i++) {
    assert(received.subarray(i * 65_536, (i + 1) * 65_536).every((byte, n) => byte === sent[n]));
  }
});

Deno.test("A handler that cannot be loaded, or named, is told before anybody connects", async () => {
  for (const serveThem of [serveByWorkers, serveByProcesses]) {
    await assertRejects(
      () => serveThem({ module: "./_handlers.ts" }),
      TypeError,
      "relative specifier",
    );
    await assertRejects(
      () => serveThem({ module, export: "missing" }),
      NetError,
      "no such export",
    );
    await assertRejects(
      () => serveThem({ module, export: "notAFunction" }),
      NetError,
      "it is a number",
    );
    await assertRejects(() => serveThem(lines as unknown as HandlerTarget), TypeError);
  }
  await assertRejects(() => serveWorkers(target, { port: 0, workers: 0 }), RangeError);
  await assertRejects(() => servePrefork(target, { port: 0, processes: 1.5 }), RangeError);
  await assertRejects(() => serveWorkers(target, { port: 70_000, workers: 1 }), NetError);
});
