/** Goes through the entries of a snapshot: those that came along with their keys, and those to be read, some at a time. */
import type { SnapshotEntry, Stored } from "./backend/backend.ts";
import { type Page, Pages } from "./pages.ts";
import { type Step, Steps } from "./steps.ts";

/** Where the entries of an iteration come from. */
export interface EntrySource<V> {
  /** Throws if the iteration must not go on. */
  check(): void;
  /** The keys of one moment. */
  snapshot(): Promise<readonly SnapshotEntry[]>;
  /** Entries of some of these keys. */
  read(keys: readonly string[]): Promise<readonly (Stored | undefined)[]>;
  /** The value of an entry. */
  value(key: string, stored: Stored): V | Promise<V>;
}

/** The entries of a snapshot, which is taken with the first `next()`. */
export function entriesOf<V>(source: EntrySource<V>): Steps<[string, V]> {
  let pages: Pages | undefined;
  let page: Page = [];
  let at = 0;

  const turn = async (): Promise<IteratorResult<[string, V], void>> => {
    pages ??= new Pages(await source.snapshot());
    const next = pages.next();
    if (next === undefined) return { done: true, value: undefined };
    page = "page" in next ? next.page : pages.take(next.keys, await source.read(next.keys));
    at = 0;
    return await step();
  };

  const step = (): Step<[string, V]> => {
    while (at < page.length) {
      source.check();
      const { key, stored } = page[at++]!;
      if (stored.expires !== Infinity && stored.expires <= Date.now()) continue;
      const value = source.value(key, stored);
      if (!(value instanceof Promise)) return { done: false, value: [key, value] };
      return value.then((value) => ({ done: false, value: [key, value] }));
    }
    return turn();
  };

  return new Steps(step);
}
