// Changes of a text: what is cut and what is put in.

/** A piece of the text that goes, and what comes in its place. */
export interface Splice {
  start: number;
  end: number;
  text: string;
}

/** Applies changes that do not overlap. Where two are at one place, the first of the list comes first. */
export function applySplices(text: string, splices: readonly Splice[]): string {
  const order = splices.toSorted((a, b) => a.start - b.start || a.end - b.end);
  let out = "";
  let at = 0;
  for (const { start, end, text: piece } of order) {
    out += text.slice(at, start) + piece;
    at = end;
  }
  return out + text.slice(at);
}
