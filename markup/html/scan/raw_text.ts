import type { Scanner } from "./scanner.ts";

/**
 * Finds the end tag of an element in which tags are text.
 *
 * @param scanner Who reads.
 * @param start Where to begin.
 * @param local Name of the element.
 * @returns Offset of the `</`, or the length of the source.
 */
export function findEndTag(scanner: Scanner, start: number, local: string): number {
  const source = scanner.source;
  let at = source.indexOf("</", start);
  while (at !== -1) {
    if (isNamed(source, at + 2, local)) return at;
    at = source.indexOf("</", at + 2);
  }
  return source.length;
}

/** Whether a tag's name stands at an offset, with its end. */
export function isNamed(source: string, at: number, local: string): boolean {
  const length = local.length;
  for (let k = 0; k < length; k++) {
    if ((source.charCodeAt(at + k) | 32) !== local.charCodeAt(k)) return false;
  }
  const next = source.charCodeAt(at + length);
  return next === 62 || next === 47 || next === 32 || next === 10 || next === 9 || next === 12;
}

/** What can matter inside of a script. */
const SCRIPT_EVENT = /<!--|-->|<\/?script(?=[\t\n\f\r />])/gi;

/** How far a script has been read. */
export interface ScriptState {
  /** Whether there is a `<!--` without its `-->`. */
  escaped: boolean;
  /** Whether there is a `<script` behind that, whose end tag is not that of the script. */
  twice: boolean;
  /** Where reading goes on. */
  at: number;
}

/**
 * Reads on in a script.
 *
 * @param source The source.
 * @param state How far it has been read; is brought forward.
 * @param limit Where what begins there may go on beyond the source, and is left alone.
 * @returns Offset of the `</script`, or -1.
 */
export function scanScript(source: string, state: ScriptState, limit: number): number {
  SCRIPT_EVENT.lastIndex = state.at;
  for (let match = SCRIPT_EVENT.exec(source); match !== null; match = SCRIPT_EVENT.exec(source)) {
    const at = match.index;
    if (at >= limit) break;
    state.at = SCRIPT_EVENT.lastIndex;
    const unit = match[0].charCodeAt(1);
    if (unit === 33) {
      // The dashes of `<!-->` are the end as well.
      SCRIPT_EVENT.lastIndex = state.at = at + 2;
      state.escaped = true;
    } else if (unit === 45) state.escaped = state.twice = false;
    else if (unit === 47) {
      if (!state.twice) return at;
      state.twice = false;
    } else if (state.escaped) state.twice = true;
  }
  state.at = Math.max(state.at, limit);
  return -1;
}

/**
 * Finds the end tag of a script. A `<script` behind a `<!--` takes the next `</script` with it.
 *
 * @param scanner Who reads.
 * @param start Where the script begins.
 * @returns Offset of the `</script`, or the length of the source.
 */
export function findScriptEnd(scanner: Scanner, start: number): number {
  const source = scanner.source;
  const end = findEndTag(scanner, start, "script");
  // In the script alone: a search that goes on to the end of the source for each script would be quadratic.
  const opens = source.slice(start, end).indexOf("<!--");
  if (opens === -1) return end;
  const state = { escaped: false, twice: false, at: start + opens };
  const at = scanScript(source, state, source.length);
  return at === -1 ? source.length : at;
}
