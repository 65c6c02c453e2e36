import type { NodeSet } from "../nodes/node_set.ts";
import type { Run } from "../nodes/run.ts";
import type { Expression } from "./expression.ts";

/** A predicate that depends on positions. */
export type Predicate =
  /** The node at a position, from 1. */
  | { readonly kind: "at"; readonly position: number }
  /** The nodes up to a position. */
  | { readonly kind: "first"; readonly count: number }
  | { readonly kind: "last" }
  /** A number is a position; so is one that turns out to be. */
  | { readonly kind: "any"; readonly expression: Expression };

/** How many nodes are enough for predicates; 0 for all. */
export function enoughFor(predicates: readonly Predicate[]): number {
  const [first] = predicates;
  if (first?.kind === "at") return first.position;
  return first?.kind === "first" ? first.count : 0;
}

/**
 * Takes those nodes of a list out that predicates do not let pass.
 *
 * @param list Nodes, from the first position on.
 * @param from Where the list begins.
 */
export function applyPredicates(
  list: NodeSet,
  from: number,
  predicates: readonly Predicate[],
  run: Run,
): void {
  for (const predicate of predicates) {
    const { ids } = list;
    const size = list.length - from;
    if (size === 0) return;
    let kept = from;
    switch (predicate.kind) {
      case "at":
        if (predicate.position <= size) ids[kept++] = ids[from + predicate.position - 1]!;
        break;
      case "first":
        kept += Math.min(size, predicate.count);
        break;
      case "last":
        ids[kept++] = ids[list.length - 1]!;
        break;
      case "any": {
        const { expression } = predicate;
        const known = expression.type !== "number" && expression.type !== "any";
        for (let position = 1; position <= size; position++) {
          const id = ids[from + position - 1]!;
          let passes: boolean;
          if (known) passes = expression.boolean(id, position, size, run);
          else {
            const value = expression.evaluate(id, position, size, run);
            passes = typeof value === "number"
              ? value === position
              : typeof value === "object"
              ? value.length > 0
              : Boolean(value);
          }
          if (passes) ids[kept++] = id;
        }
        run.spend(size);
      }
    }
    list.length = kept;
  }
}
