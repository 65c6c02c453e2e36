import type { NameTest } from "./ast.ts";
import type { Scanner } from "./scanner.ts";

/** A name that may have a prefix, as it is written. */
export interface QualifiedName extends NameTest {
  /** Whether there is a prefix; `|a` has an empty one. */
  readonly prefixed: boolean;
}

/**
 * Reads `a`, `*`, `p|a`, `*|a`, `|a` and the like.
 *
 * @param scan Where to read.
 * @param namespaces What prefixes stand for.
 * @param needed What is needed there, for a message.
 */
export function readQualifiedName(
  scan: Scanner,
  namespaces: Readonly<Record<string, string>>,
  needed: string,
): QualifiedName {
  const start = scan.at;
  const first = scan.unit() === 124 ? "" : scan.take("*") ? undefined : scan.name(needed);
  // `|=` is an operator, `||` nothing that is known.
  if (scan.unit() !== 124 || scan.unit(1) === 61 || scan.unit(1) === 124) {
    if (first === "") throw scan.wrong(needed, start);
    return { prefixed: false, uri: undefined, local: first };
  }
  scan.at++;
  const local = scan.take("*") ? undefined : scan.name(needed);
  if (first === undefined || first === "") return { prefixed: true, uri: first, local };
  if (!Object.hasOwn(namespaces, first)) {
    throw scan.error(
      `The prefix "${first}" needs a namespace in the options, received none`,
      start,
    );
  }
  return { prefixed: true, uri: namespaces[first]!, local };
}
