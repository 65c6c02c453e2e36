// Kills processes in the middle of passing shared objects around; then nothing may be left.
import { Connection, Lock, Pipe, Process, Queue, SharedEvent, SharedValue } from "@ferry/std/ipc";
import { agent } from "../ipc/_agent.ts";
import { BLOCK_KIND, Kind } from "../ipc/_arena.ts";
const names = Object.fromEntries(Object.entries(Kind).map(([k, v]) => [v, k]));
function census(): Record<string, number> {
  const found: Record<string, number> = {};
  for (const b of agent().arena.blocks()) { const k = names[b.words[BLOCK_KIND]!]!; found[k] = (found[k] ?? 0) + 1; }
  return found;
}
const rounds = Number(Deno.args[0] ?? 50), mode = Deno.args[1] ?? "queue", sync = Deno.args[2] === "sync";
const spin = new Int32Array(new SharedArrayBuffer(4));
let first: Record<string, number> | undefined;
let hung = 0;
for (let round = 0; round < rounds; round++) {
  {
    const up = new SharedEvent();
    const [here, there] = new Pipe({ capacity: 4096 });
    using queue = new Queue<unknown>();
    const worker = new Process(async (up: any, conn: any, queue: any, mode: string) => {
      const { Pipe, Lock, Queue, SharedValue } = await import("@ferry/std/ipc");
      up.set();
      for (let i = 0;; i++) {
        if (mode === "queue") { const [a, b] = new Pipe({ capacity: 1024 }); queue.putSync({ b, v: new SharedValue("int32", i) }); a.close(); if (i % 3 === 0) queue.tryGet()?.b.close(); if (queue.size > 20) queue.tryGet(); }
        if (mode === "pipe") { const [a, b] = new Pipe({ capacity: 1024 }); conn.sendSync({ b, pad: "x".repeat(i % 3 * 2000), v: new Lock() }); a.close(); }
        if (mode === "recv") { const m: any = conn.recvSync(); m.b?.close(); }
        if (mode === "own") { const q = new Queue<any>(); for (let j = 0; j < 5; j++) q.putSync([q === undefined, new Lock(), new SharedValue("int8", 3)]); q.getSync(); q.close(); }
      }
    }, { args: [up, there, queue, mode] });
    worker.start();
    if (!up.waitSync({ timeout: 20000 })) { console.log("not up"); break; }
    const until = performance.now() + (round * 7919 % 1000) / 250;
    while (performance.now() < until) {
      if (mode === "pipe") { const m: any = here.tryRecv(); m?.b.close(); }
      if (mode === "recv") { const [a, b] = new Pipe({ capacity: 1024 }); here.trySend({ b, pad: "y".repeat(round % 3 * 2000), v: new Lock() }); b.close(); a.close(); }
      if (mode === "queue") { const m: any = queue.tryGet(); m?.b.close(); }
    }
    worker.kill();
    if (sync) { if (!worker.joinSync({ timeout: 10000 })) console.log("join?", round); }
    if (!await worker.join({ timeout: 20000 })) console.log("join??", round);
    // drain
    const peers: Connection<any>[] = [];
    for (;;) { let m: any; try { m = mode === "queue" ? queue.tryGet() : here.tryRecv(); } catch (e) { if ((e as Error).name !== "UnexpectedEof") console.log(String(e)); break; } if (m === undefined) break; peers.push(m.b); }
    for (const p of peers) { try { p.recvSync({ timeout: 2000 }); console.log("data?"); } catch (e) { if (!(e instanceof Deno.errors.UnexpectedEof)) { hung++; } } p.close(); }
    here.close();
    up[Symbol.dispose]();
  }
  if (round % 5 === 0) { (globalThis as any).gc?.(); await new Promise((r) => setTimeout(r, 0)); (globalThis as any).gc?.(); await new Promise((r) => setTimeout(r, 5)); }
  if (round === 5) first = census();
}
for (let i = 0; i < 5; i++) { (globalThis as any).gc?.(); await new Promise((r) => setTimeout(r, 10)); }
console.log(mode, "hung", hung, "first", JSON.stringify(first), "last", JSON.stringify(census()));
