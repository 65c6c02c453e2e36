import type { AxisName } from "../syntax/tree.ts";
import * as many from "./many.ts";
import * as one from "./one.ts";
import type { IndexedAxis } from "./step_index.ts";

/** What is known of an axis. */
export interface AxisDefinition {
  readonly one: one.Axis;
  readonly many: many.SetAxis;
  /** Whether positions count against document order. */
  readonly reverse: boolean;
  /** Whether the nodes of one node after another, of a set in order, are in order: always, or if the set is flat. */
  readonly ordered: "always" | "flat" | "never";
  /** Whether no node on the axis of one node is in another one. */
  readonly flat: boolean;
  /** Whether the nodes are those in a node, of which `many` knows better than `one` whether they are in one another. */
  readonly deep: boolean;
  /** How steps that are taken again and again can be indexed. */
  readonly indexed?: IndexedAxis;
}

type Order = AxisDefinition["ordered"];

function forward(one: one.Axis, many: many.SetAxis, ordered: Order, flat: boolean): AxisDefinition {
  return { one, many, reverse: false, ordered, flat, deep: false };
}

function backward(one: one.Axis, many: many.SetAxis, flat: boolean): AxisDefinition {
  return { one, many, reverse: true, ordered: "never", flat, deep: false };
}

function below(one: one.Axis, many: many.SetAxis): AxisDefinition {
  return { one, many, reverse: false, ordered: "flat", flat: false, deep: true };
}

/** The axes. */
export const AXES: Readonly<Record<AxisName, AxisDefinition>> = {
  "ancestor": backward(one.ancestor, many.ancestorOfAll, false),
  "ancestor-or-self": backward(one.ancestorOrSelf, many.ancestorOrSelfOfAll, false),
  "attribute": forward(one.attribute, many.attributeOfAll, "always", true),
  "child": forward(one.child, many.childOfAll, "flat", true),
  "descendant": { ...below(one.descendant, many.descendantOfAll), indexed: "descendant" },
  "descendant-or-self": below(one.descendantOrSelf, many.descendantOrSelfOfAll),
  "following": {
    ...forward(one.following, many.followingOfAll, "never", false),
    indexed: "following",
  },
  "following-sibling": {
    ...forward(one.followingSibling, many.followingSiblingOfAll, "never", true),
    indexed: "following-sibling",
  },
  "namespace": forward(one.namespace, many.namespaceOfAll, "always", true),
  "parent": backward(one.parent, many.parentOfAll, true),
  "preceding": { ...backward(one.preceding, many.precedingOfAll, false), indexed: "preceding" },
  "preceding-sibling": {
    ...backward(one.precedingSibling, many.precedingSiblingOfAll, true),
    indexed: "preceding-sibling",
  },
  "self": forward(one.self, many.selfOfAll, "always", true),
};
