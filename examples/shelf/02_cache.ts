/**
 * 2. A cache whose entries end by themselves, and somebody who watches it.
 *
 * ```sh
 * deno run --unstable-kv examples/shelf/02_cache.ts
 * deno run --allow-net=127.0.0.1:6379 examples/shelf/02_cache.ts redis://127.0.0.1:6379
 * ```
 */
import { open } from "@ferry/std/persist/shelve";

interface Forecast {
  city: string;
  degrees: number;
}

await using cache = await open<Forecast>(Deno.args[0] ?? ":memory:", { flag: "n" });
let asked = 0;

/** What takes long and stays true for a while. */
async function forecast(city: string): Promise<Forecast> {
  const cached = await cache.get(city);
  if (cached !== undefined) return cached;
  asked++;
  const made = { city, degrees: city.length * 3 };
  await cache.set(city, made, { expireIn: 300 });
  return made;
}

// The watcher hears of the first forecast, and of its end.
const watched = (async () => {
  const heard: string[] = [];
  for await (const [city, value] of cache.watch(["Lisbon"])) {
    heard.push(value === undefined ? `${city}: none` : `${city}: ${value.degrees} degrees`);
    if (heard.length > 1 && value === undefined) break;
  }
  return heard;
})();

for (let i = 0; i < 5; i++) await forecast("Lisbon");
await forecast("Oslo");
console.log(`asked ${asked} times for 6 forecasts`);
for (const line of await watched) console.log(line);
await forecast("Lisbon");
console.log(`asked ${asked} times for 7 forecasts`);
