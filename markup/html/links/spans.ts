/** Where the addresses stand in a value: offsets of their first unit and behind their last. */
export type Span = readonly [start: number, end: number];

/** How addresses stand in a value. */
export type LinkSyntax = "url" | "list" | "srcset" | "css" | "refresh";

const CSS_URL =
  /\burl\(\s*(?:"([^"]*)"\s*|'([^']*)'\s*|([^()\s"']+)\s*)\)|@import\s+(?:"([^"]*)"|'([^']*)')/dgi;
const REFRESH = /^[\d.\s]*(?:[;,]\s*)?url\s*=\s*(?:"([^"]*)|'([^']*)|([^\s"'].*))/di;

/** The addresses in a value. */
export function linkSpans(value: string, syntax: LinkSyntax): Span[] {
  switch (syntax) {
    case "url": {
      const start = value.length - value.trimStart().length;
      return [[start, Math.max(start, value.trimEnd().length)]];
    }
    case "list":
      return [...value.matchAll(/\S+/g)].map(({ index, 0: { length } }) => [index, index + length]);
    case "srcset":
      return srcsetSpans(value);
    case "css":
      return [...value.matchAll(CSS_URL)].flatMap(({ indices }) => groupSpan(indices));
    case "refresh":
      return groupSpan(REFRESH.exec(value)?.indices);
  }
}

/** The first group that took part in a match. */
function groupSpan(indices: RegExpIndicesArray | undefined): Span[] {
  const span = indices?.slice(1).find((pair) => pair !== undefined);
  return span === undefined || span[0] === span[1] ? [] : [span];
}

/** Candidates of a `srcset`: an address up to white space, then descriptors up to a comma that is not in parentheses. */
function srcsetSpans(value: string): Span[] {
  const spans: Span[] = [];
  let at = 0;
  while (true) {
    while (at < value.length && /[\s,]/.test(value[at]!)) at++;
    if (at >= value.length) return spans;
    const start = at;
    while (at < value.length && !/\s/.test(value[at]!)) at++;
    let end = at;
    while (end > start && value[end - 1] === ",") end--;
    spans.push([start, end]);
    if (end < at) continue;
    for (let depth = 0; at < value.length; at++) {
      if (value[at] === "(") depth++;
      else if (value[at] === ")") depth--;
      else if (value[at] === "," && depth <= 0) break;
    }
  }
}
