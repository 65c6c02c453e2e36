import { dumps, loads } from "@ferry/std/persist/dill";

/** What a value is after it was dumped and loaded. */
export async function copy<T>(value: T): Promise<T> {
  return await loads(await dumps(value), { trust: true }) as T;
}
