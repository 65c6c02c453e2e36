/**
 * CPython's `dbm.dumb`. `name.dir` has a line for each entry, `'key', (position, size)`, with the key as Python's `repr` of its
 * bytes read as Latin-1; `name.dat` has the values, each from a multiple of 512 on. A later line replaces an earlier one.
 */
import { latin1 } from "../../../byte_text.ts";
import { ShelfFormatError } from "../../errors.ts";
import { IndexedStore, type Place } from "./_index.ts";

/** What is behind the key of a line. */
const PLACE = /^, \((\d+), (\d+)\)\s*$/;

/** Opens a shelf of `dbm.dumb`. The name is without `.dir` and `.dat`. */
export function openDumb(name: string): IndexedStore {
  // CPython writes the directory in Latin-1, with everything else escaped.
  const text = latin1(Deno.readFileSync(`${name}.dir`));
  const places = new Map<string, Place>();
  for (const [i, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const place = placeOf(line);
    if (place === undefined) {
      throw new ShelfFormatError(
        `Cannot read "${name}.dir": line ${i + 1} needs to be a key and its place`,
      );
    }
    places.set(place.key.toHex(), place);
  }
  return new IndexedStore("dumb", Deno.openSync(`${name}.dat`), places.values());
}

/** What a line says, in time that grows with its length and no faster: it may be megabytes. */
function placeOf(line: string): Place | undefined {
  const quote = line[0];
  if (quote !== "'" && quote !== '"') return undefined;
  const end = line.lastIndexOf(`${quote}, (`);
  const match = end < 1 ? null : PLACE.exec(line.slice(end + 1));
  const key = match === null ? undefined : bytesOf(line.slice(1, end), quote);
  if (key === undefined) return undefined;
  return { key, position: Number(match![1]), size: Number(match![2]) };
}

const HEX = /^[0-9a-f]{2}$/i;
const ESCAPES: Record<string, number> = { n: 10, r: 13, t: 9, "\\": 92, "'": 39, '"': 34 };

/** The bytes of a Python string literal of characters up to U+00FF; `undefined` if it ends before its end. */
function bytesOf(literal: string, quote: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes = new Uint8Array(literal.length);
  let size = 0;
  for (let i = 0; i < literal.length; i++) {
    if (literal[i] === quote) return undefined;
    if (literal[i] !== "\\") {
      bytes[size++] = literal.charCodeAt(i);
      continue;
    }
    const kind = literal[++i] ?? "";
    const escape = ESCAPES[kind];
    if (escape !== undefined) bytes[size++] = escape;
    else {
      const digits = kind === "x" ? literal.slice(i + 1, i + 3) : "";
      if (!HEX.test(digits)) {
        throw new ShelfFormatError(
          `Cannot read the key ${literal.slice(0, 100)}: unknown escape \\${kind}${digits}`,
        );
      }
      bytes[size++] = parseInt(digits, 16);
      i += 2;
    }
  }
  return bytes.slice(0, size);
}
