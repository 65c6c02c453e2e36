/** Pickles of real libraries as parents of mutated ones, and a look into what is read of them. */
import {
  ChainMap,
  DataFrame,
  ExtensionArray,
  ForeignZone,
  Index,
  IpAddress,
  NdArray,
  NdScalar,
  Partial,
  Series,
  StructTime,
  Timedelta,
  Timestamp,
  toPlain,
} from "@ferry/std/persist/pickle";
import { hasLibrary, runScript } from "../persist/pickle/real/_libraries.ts";

const FOLDER = new URL("../persist/pickle/real/", import.meta.url);

/** Real pickles: those that the Python of this machine makes, and those of pandas 2 and 3. */
export async function realPickles(): Promise<Uint8Array[]> {
  const pickles: Uint8Array[] = [];
  for (const name of ["frames_pandas2.json", "frames_pandas3.json"]) {
    const { values } = JSON.parse(await Deno.readTextFile(new URL(name, FOLDER)));
    for (const [pickle] of Object.values(values) as [string][]) {
      pickles.push(Uint8Array.fromBase64(pickle));
    }
  }
  if (!await hasLibrary("sklearn")) return pickles;
  const { kinds } = JSON.parse(await runScript("kinds.py", ["2", "4", "5"]));
  for (const named of Object.values(kinds) as Record<string, string[]>[]) {
    for (const hex of Object.values(named).flat()) pickles.push(Uint8Array.fromHex(hex));
  }
  const dumped = JSON.parse(await runScript("../joblib_dumps.py", [])) as Record<string, string>;
  for (const base64 of Object.values(dumped)) pickles.push(Uint8Array.fromBase64(base64));
  return pickles.filter(({ length }) => length < 6000);
}

/** What may come of a look into something damaged. */
function attempt(look: () => unknown): void {
  try {
    look();
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
  }
}

function lookInto(value: object): void {
  if (value instanceof NdArray) {
    attempt(() => value.toArray());
    attempt(() => value.at(...value.shape.map(() => 0)));
    attempt(() => value.typed());
  } else if (value instanceof NdScalar) attempt(() => value.value);
  else if (value instanceof DataFrame) {
    attempt(() => value.toRows());
    attempt(() => value.toRecords());
  } else if (value instanceof Series || value instanceof Index || value instanceof ExtensionArray) {
    attempt(() => value.values);
  } else if (value instanceof Timestamp || value instanceof Timedelta) {
    attempt(() => value.toTemporal());
  } else if (value instanceof ChainMap) attempt(() => value.toMap());
  else if (value instanceof StructTime) attempt(() => value.toPlainDateTime());
  else if (value instanceof IpAddress) attempt(() => value.toString());
  else if (value instanceof Partial) attempt(() => [value.func, value.positional, value.keywords]);
  else if (value instanceof ForeignZone) attempt(() => [value.key, value.utcOffset]);
}

/** Looks into the first objects of a value, as a program would. */
export function lookAround(root: unknown): void {
  const seen = new Set<unknown>();
  const stack: unknown[] = [root];
  while (stack.length > 0 && seen.size < 200) {
    const value = stack.pop();
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    lookInto(value);
    if (ArrayBuffer.isView(value)) continue;
    if (value instanceof Map) { for (const [key, item] of value) stack.push(key, item); }
    else if (value instanceof Set) { for (const item of value) stack.push(item); }
    else stack.push(...Object.values(value).slice(0, 50));
  }
  attempt(() => toPlain(root, { maxItems: 20_000 }));
}
