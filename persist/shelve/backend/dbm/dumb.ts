/**
 * CPython's `dbm.dumb`. `name.dir` has a line for each entry, `'key', (position, size)`, with the key as Python's `repr` of its
 * bytes read as Latin-1; `name.dat` has the values, each from a multiple of 512 on. A later line replaces an earlier one.
 */
import { ShelfFormatError } from "../../errors.ts";
import { IndexedStore, type Place } from "./_index.ts";

const LINE = /^(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"), \((\d+), (\d+)\)\s*$/;

/** Opens a shelf of `dbm.dumb`. The name is without `.dir` and `.dat`. */
export function openDumb(name: string): IndexedStore {
  // CPython writes the directory in Latin-1, with everything else escaped.
  const text = new TextDecoder("windows-1252").decode(Deno.readFileSync(`${name}.dir`));
  const places = new Map<string, Place>();
  for (const [i, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    const match = LINE.exec(line);
    if (match === null) {
      throw new ShelfFormatError(
        `Cannot read "${name}.dir": line ${i + 1} needs to be a key and its place`,
      );
    }
    const key = bytesOf(match[1] ?? match[2]!);
    places.set(key.toHex(), { key, position: Number(match[3]), size: Number(match[4]) });
  }
  return new IndexedStore("dumb", Deno.openSync(`${name}.dat`), places.values());
}

const ESCAPES: Record<string, number> = { n: 10, r: 13, t: 9, "\\": 92, "'": 39, '"': 34 };

/** The bytes of a Python string literal of characters up to U+00FF. */
function bytesOf(literal: string): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  for (let i = 0; i < literal.length; i++) {
    if (literal[i] !== "\\") {
      bytes.push(literal.charCodeAt(i) & 0xff);
      continue;
    }
    const kind = literal[++i]!;
    const escape = ESCAPES[kind];
    if (escape !== undefined) bytes.push(escape);
    else if (kind === "x") {
      bytes.push(parseInt(literal.slice(i + 1, i + 3), 16));
      i += 2;
    } else throw new ShelfFormatError(`Cannot read the key ${literal}: unknown escape \\${kind}`);
  }
  return new Uint8Array(bytes);
}
