/** The words of a line, in lower case. */
export function wordsOf(line: string): string[] {
  return line.toLowerCase().match(/\p{L}[\p{L}\p{N}_]*/gu) ?? [];
}
