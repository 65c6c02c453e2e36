/** Where the addresses stand in a value: offsets of their first unit and behind their last. */
export type Span = readonly [start: number, end: number];

/** How addresses stand in a value. */
export type LinkSyntax = "url" | "list" | "srcset" | "css" | "refresh";

const CSS_URL =
  /\burl\(\s*(?:"([^"]*)"\s*|'([^']*)'\s*|([^()\s"']+)\s*)\)|@import\s+(?:"([^"]*)"|'([^']*)')/dgi;
/** The time of a refresh, and what separates it from the address. */
const REFRESH_TIME = /^[\t\n\f\r ]*[\d.]+(?=[;,\t\n\f\r ])[\t\n\f\r ]*[;,]?[\t\n\f\r ]*/;
const REFRESH_URL = /url[\t\n\f\r ]*=[\t\n\f\r ]*/iy;

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
      return refreshSpans(value);
  }
}

/** The first group that took part in a match. */
function groupSpan(indices: RegExpIndicesArray | undefined): Span[] {
  const span = indices?.slice(1).find((pair) => pair !== undefined);
  return span === undefined || span[0] === span[1] ? [] : [span];
}

/** The address of a `meta` that refreshes: the HTML standard's "shared declarative refresh steps". */
function refreshSpans(value: string): Span[] {
  const time = REFRESH_TIME.exec(value);
  if (time === null) return [];
  let start = time[0].length;
  let end = value.length;
  REFRESH_URL.lastIndex = start;
  const named = REFRESH_URL.exec(value);
  if (named !== null) start += named[0].length;
  const quote = value[start];
  // An address that begins with a "u" itself has no quotes around it.
  if (quote === '"' || quote === "'") {
    const close = value.indexOf(quote, ++start);
    if (close !== -1) end = close;
  }
  const url = value.slice(start, end);
  start += url.length - url.trimStart().length;
  end = start + url.trim().length;
  return start === end ? [] : [[start, end]];
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
