import type { Scanner } from "./scanner.ts";

/** `an + b`. */
export interface AnPlusB {
  readonly step: number;
  readonly offset: number;
}

const FORM =
  /(even|odd)(?![\w-])|([+-]?\d*)n(?:[ \t\r\n\f]*([+-])[ \t\r\n\f]*(\d+))?(?![\w-])|([+-]?\d+)(?![\w-])/iy;

/** No document has as many nodes. */
const MOST = 2 ** 31;

function number(digits: string): number {
  return Math.max(-MOST, Math.min(MOST, Number(digits)));
}

/**
 * Reads `an + b`, by "CSS Syntax Module Level 3", section 6.
 *
 * @param scan Where to read.
 */
export function readNth(scan: Scanner): AnPlusB {
  FORM.lastIndex = scan.at;
  const match = FORM.exec(scan.text);
  if (match === null) throw scan.wrong("a position such as 2n+1, odd or 3");
  scan.at += match[0].length;
  const [, word, step, sign, offset, alone] = match;
  if (word !== undefined) return { step: 2, offset: word.toLowerCase() === "odd" ? 1 : 0 };
  if (alone !== undefined) return { step: 0, offset: number(alone) };
  return {
    step: /\d/.test(step!) ? number(step!) : step === "-" ? -1 : 1,
    offset: offset === undefined ? 0 : number(sign + offset),
  };
}
