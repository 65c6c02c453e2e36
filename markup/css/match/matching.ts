import type { Query } from "./query.ts";

/** One question about an element, answered without making anything public of it. */
export interface Test {
  /** Whether an element passes. */
  matches(query: Query, node: number): boolean;
}
