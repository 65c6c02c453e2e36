/**
 * The load of compare.ts, a process of its own: `PORT MODE CLIENTS SECONDS`. Prints one JSON object; with the mode `idle` one
 * line when all are connected, and leaves at the end of its input.
 */
const [port, mode, clients, seconds] = [
  Number(Deno.args[0]),
  Deno.args[1],
  Number(Deno.args[2]),
  Number(Deno.args[3]),
];
const message = new Uint8Array(64);

async function exchange(connection: Deno.Conn, buffer: Uint8Array): Promise<void> {
  await connection.write(message);
  for (let got = 0; got < message.length;) got += (await connection.read(buffer)) ?? Infinity;
}

const latencies: number[] = [];
let count = 0;
const start = performance.now();
const end = start + seconds * 1000;

async function echoes(): Promise<void> {
  using connection = await Deno.connect({ port });
  connection.setNoDelay(true);
  const buffer = new Uint8Array(1024);
  while (performance.now() < end) {
    const sent = performance.now();
    await exchange(connection, buffer);
    latencies.push(performance.now() - sent);
    count++;
  }
}

async function connections(): Promise<void> {
  const buffer = new Uint8Array(1024);
  while (performance.now() < end) {
    const sent = performance.now();
    using connection = await Deno.connect({ port });
    await exchange(connection, buffer);
    latencies.push(performance.now() - sent);
    count++;
  }
}

if (mode === "idle") {
  const all: Deno.Conn[] = [];
  const buffer = new Uint8Array(1024);
  while (all.length < clients!) {
    const one = await Deno.connect({ port });
    await exchange(one, buffer);
    all.push(one);
  }
  console.log("ready");
  for await (const _ of Deno.stdin.readable);
  Deno.exit(0);
}

const work = mode === "connect" ? connections : echoes;
await Promise.all(Array.from({ length: clients }, () => work()));
const time = (performance.now() - start) / 1000;
latencies.sort((a, b) => a - b);
console.log(JSON.stringify({
  perSecond: count / time,
  p50: latencies[latencies.length >> 1],
  p99: latencies[Math.floor(latencies.length * 0.99)],
}));
