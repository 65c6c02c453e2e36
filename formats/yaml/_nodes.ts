// Kinds of keys.

import { isScalar } from "yaml";

/** `<<`, unquoted and without another tag. */
export function isMergeKey(key: unknown): boolean {
  if (!isScalar(key)) return false;
  return typeof key.value === "symbol" ||
    (key.value === "<<" && key.type === "PLAIN" &&
      (key.tag === undefined || key.tag === "tag:yaml.org,2002:merge"));
}

/** A key of which nothing was written, not even `~`. */
export function isAbsent(key: unknown): boolean {
  return key === null || (isScalar(key) && key.value === null && !key.source);
}
