/** Loads a function from standard input, calls it twice, and prints what it gave. */
import { load } from "@ferry/std/persist/dill";

const work = await load(Deno.stdin.readable, { trust: true }) as (text: string) => Promise<unknown>;
await work("milk and tea");
console.log(JSON.stringify(await work("tea")));
