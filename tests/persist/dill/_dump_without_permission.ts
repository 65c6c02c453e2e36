/** Dumps what needs no permission, and prints what becomes of the rest. */
import { CaptureError, detect, dumps, inspect, loads } from "@ferry/std/persist/dill";

const rate = 1.19;
const gross = (price: number) => Math.round(price * rate);
const results: unknown[] = [];
try {
  await dumps({ gross });
} catch (error) {
  results.push(error instanceof CaptureError && [error.variable, error.path]);
}
const bytes = await dumps({ gross, data: new Map([[1, new Date(0)]]) }, { capture: { rate } });
const { gross: loaded } = await loads(bytes, { trust: true }) as { gross: typeof gross };
results.push(loaded(100), inspect(bytes).code.length, (await detect(gross)).length);
class Secret {
  #value = 1;
  read(): number {
    return this.#value;
  }
}
results.push((await detect(new Secret())).map(({ path }) => path));
console.log(JSON.stringify(results));
