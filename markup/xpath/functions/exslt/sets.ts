/** EXSLT's sets. */
import { NodeSet } from "../../nodes/node_set.ts";
import type { Run, Value } from "../../nodes/run.ts";
import type { FunctionDefinition } from "../definition.ts";

function onSets(
  type: "nodes" | "boolean",
  count: 1 | 2,
  body: (a: NodeSet, b: NodeSet, run: Run) => Value,
): FunctionDefinition {
  return {
    type,
    least: count,
    most: count,
    needsNodes: [0, 1],
    body: (args, node, position, size, run) => {
      const a = args[0]!.nodes(node, position, size, run);
      const b = args[1]?.nodes(node, position, size, run) ?? a;
      run.spend(a.length + b.length);
      return body(a, b, run);
    },
  };
}

function membersOf(set: NodeSet): Set<number> {
  return new Set(set.ids.subarray(0, set.length));
}

/** The nodes of a set that pass a test. */
function those(set: NodeSet, test: (id: number) => boolean): NodeSet {
  return NodeSet.from(set.ids.subarray(0, set.length).filter((id) => test(id)));
}

const difference = onSets("nodes", 2, (a, b) => {
  const members = membersOf(b);
  return those(a, (id) => !members.has(id));
});

const intersection = onSets("nodes", 2, (a, b) => {
  const members = membersOf(b);
  return those(a, (id) => members.has(id));
});

const distinct = onSets("nodes", 1, (a, _, run) => {
  const texts = new Set<string>();
  return those(a, (id) => {
    const { size } = texts;
    return texts.add(run.stringOf(id)).size > size;
  });
});

const hasSameNode = onSets("boolean", 2, (a, b) => {
  const members = membersOf(b);
  return a.ids.subarray(0, a.length).some((id) => members.has(id));
});

/** The nodes of a set before the first one of another set, or behind it: none if that is not in the set. */
function beside(a: NodeSet, b: NodeSet, before: boolean): NodeSet {
  if (b.length === 0) return a;
  const at = a.ids.subarray(0, a.length).indexOf(b.ids[0]!);
  if (at === -1) return new NodeSet();
  return NodeSet.from(before ? a.ids.slice(0, at) : a.ids.slice(at + 1, a.length));
}

/** The functions of `http://exslt.org/sets`. */
export const SETS: Readonly<Record<string, FunctionDefinition>> = {
  difference,
  intersection,
  distinct,
  "has-same-node": hasSameNode,
  leading: onSets("nodes", 2, (a, b) => beside(a, b, true)),
  trailing: onSets("nodes", 2, (a, b) => beside(a, b, false)),
};
