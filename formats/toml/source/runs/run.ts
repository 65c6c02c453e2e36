/** Changes of one place that follow each other: collected, so that many of them cost one pass over the text. */

import type { TomlValue } from "../../types.ts";
import type { Eol, Splice } from "../lines.ts";
import type { Path } from "../nodes.ts";

/** Changes of one kind, of the children of one node. Nothing else is pending meanwhile. */
export interface Run {
  /** Takes a change that is one more of them, and says whether it is. */
  take(path: Path, value: TomlValue | undefined): boolean;
  /** What they do to the text. */
  splices(text: string, eol: Eol): Splice[];
}

/** The last step of a path that leads to a child of what another leads to. */
export function stepBelow(parent: Path, path: Path): string | number | undefined {
  const isChild = path.length === parent.length + 1 && parent.every((step, i) => step === path[i]);
  return isChild ? path.at(-1) : undefined;
}
