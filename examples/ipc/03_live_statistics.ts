// deno run --allow-read examples/ipc/03_live_statistics.ts
/**
 * Live statistics: one program measures, two workers hear every measurement and keep statistics of their own, and a display that
 * looks ten times a second at most gets the newest ones and knows how many it has not seen.
 *
 * The workers' subscriptions block: the program measures no faster than both can follow. The display's drops the oldest: nobody
 * waits for it.
 */
import { Broadcast, Process, SharedMap, type Subscription } from "@ferry/std/ipc";

interface Measurement {
  sensor: string;
  celsius: number;
}

/** Mean and standard deviation of each sensor, by Welford's method; the result is in the map at any time. */
async function means(
  measurements: Subscription<Measurement>,
  results: SharedMap<string, string>,
): Promise<number> {
  const sensors = new Map<string, { n: number; mean: number; squares: number }>();
  let heard = 0;
  for await (const { sensor, celsius } of measurements) {
    const s = sensors.getOrInsertComputed(sensor, () => ({ n: 0, mean: 0, squares: 0 }));
    const delta = celsius - s.mean;
    s.mean += delta / ++s.n;
    s.squares += delta * (celsius - s.mean);
    heard++;
    results.set(sensor, `${s.mean.toFixed(2)} ± ${Math.sqrt(s.squares / s.n).toFixed(2)} °C`);
  }
  return heard;
}

/** How many measurements there are of each degree. */
async function histogram(measurements: Subscription<Measurement>): Promise<number[]> {
  const degrees = new Array<number>(40).fill(0);
  for await (const { celsius } of measurements) degrees[Math.floor(celsius)]!++;
  return degrees;
}

const MEASUREMENTS = 30_000;

using measurements = new Broadcast<Measurement>();
using results = new SharedMap<string, string>();
using display = measurements.subscribe({ slow: "dropOldest" });

await using meaning = new Process(means, { args: [measurements.subscribe(), results] });
await using counting = new Process(histogram, { args: [measurements.subscribe()] });
meaning.start();
counting.start();

let seen = 0;
let newest: Measurement | undefined;
let shownAt = 0;
function show(): void {
  const items = display.tryGetMany();
  seen += items.length;
  newest = items.at(-1) ?? newest;
  if (!Deno.stdout.isTerminal()) return;
  const line = `${newest?.sensor}: ${newest?.celsius.toFixed(1)} °C; ${display.lagged} not shown`;
  Deno.stdout.writeSync(new TextEncoder().encode(`\r${line.padEnd(60)}`));
}

// The same numbers each time (a linear congruential generator).
let state = 1;
const noise = () => {
  state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
  return state / 2 ** 31 - 0.5;
};
const signal = AbortSignal.any([meaning.signal, counting.signal]);
for (let i = 0; i < MEASUREMENTS; i++) {
  const sensor = ["attic", "cellar", "garden"][i % 3]!;
  const celsius = { attic: 26, cellar: 12, garden: 18 }[sensor]! + 4 * noise() + 4 * noise();
  // Should a worker fail, nobody gets its items any more: the wait ends with its error.
  await measurements.publish({ sensor, celsius }, { signal });
  if (performance.now() - shownAt > 100) {
    shownAt = performance.now();
    show();
  }
}
show();
measurements.shutdown();

const heard = await meaning.result();
const degrees = await counting.result();
if (Deno.stdout.isTerminal()) console.log();
console.log(`${heard} of ${MEASUREMENTS} measurements heard`);
for (const [sensor, text] of [...results].sort()) console.log(`${sensor.padEnd(7)} ${text}`);
const most = Math.max(...degrees);
for (const [degree, count] of degrees.entries()) {
  if (count > 0) console.log(`${degree}°`.padStart(4), "#".repeat(Math.ceil((40 * count) / most)));
}
console.log(`the display has seen the last: ${newest?.sensor === "garden"}`);
console.log(`seen and lost are all: ${seen + display.lagged === MEASUREMENTS}`);
