/**
 * The axes of all nodes of a set at once: each looks at no node of the tree much more often than once, however many nodes the
 * set has and however they lie in one another. What comes out is in document order, each node once.
 */
import { ATTR_ROW, FIRST, HEAD, NEXT, PARENT, PREV, TAIL, TEXT } from "../../store/layout.ts";
import { sortNodes } from "../nodes/document_order.ts";
import { isRow, isTail, isText, NodeSet, rowOf } from "../nodes/node_set.ts";
import { NONE, type Run } from "../nodes/run.ts";
import type { NodeTest } from "./node_check.ts";
import { type Axis, child, following, namespace, preceding } from "./one.ts";
import { Sink } from "./sink.ts";

/** An axis of all nodes of a set. */
export type SetAxis = (run: Run, test: NodeTest, set: NodeSet) => NodeSet;

function sinkFor(run: Run): Sink {
  return new Sink(new NodeSet(), run, [], 0);
}

/** Goes an axis from each node; for axes on which no two nodes meet. */
function each(run: Run, test: NodeTest, set: NodeSet, axis: Axis): NodeSet {
  const sink = sinkFor(run);
  for (let i = 0; i < set.length; i++) axis(run, test, set.ids[i]!, sink);
  return sink.set;
}

/** Children. */
export function childOfAll(run: Run, test: NodeTest, set: NodeSet): NodeSet {
  let out: NodeSet;
  if (test.texts) out = each(run, test, set, child);
  else {
    out = new NodeSet(set.length);
    const { words } = run;
    const { ids, length } = set;
    const { mask, want, careful } = test;
    let work = length;
    for (let i = 0; i < length; i++) {
      const id = ids[i]!;
      if (!isRow(id)) continue;
      for (let at = words[id + FIRST]!; at !== 0; at = words[at + NEXT]!) {
        work++;
        const head = words[at + HEAD]!;
        if ((head & mask) === want && (!careful || test.looksRight(head))) out.push(at);
      }
    }
    run.spend(work);
  }
  // Children of nodes inside one another come in the order of their parents.
  if (!set.flat) sortNodes(out, run);
  out.flat = set.flat;
  return out;
}

/** Attributes. */
export function attributeOfAll(run: Run, test: NodeTest, set: NodeSet): NodeSet {
  const out = new NodeSet(set.length);
  const { attrs } = run.store;
  for (let i = 0; i < set.length; i++) {
    const id = set.ids[i]!;
    if (!isRow(id) || !run.isElement(id)) continue;
    const end = run.endOfAttributes(id);
    for (let at = run.firstAttribute(id); at < end; at += ATTR_ROW) {
      if (test.attribute(attrs[at]!)) out.push(run.attribute(id, at));
    }
  }
  run.spend(set.length + out.length);
  out.flat = true;
  return out;
}

/** Namespaces in force. */
export function namespaceOfAll(run: Run, test: NodeTest, set: NodeSet): NodeSet {
  const out = each(run, test, set, namespace);
  out.flat = true;
  return out;
}

/** Walks all that is in the rows of a set; those of them that are met on the way are done with. */
function below(run: Run, test: NodeTest, set: NodeSet, withSelf: boolean): NodeSet {
  const out = new NodeSet();
  const { words } = run;
  const { ids, length } = set;
  const { texts, mask, want, careful } = test;
  let flat = true;
  let work = 0;
  let depth = 0;
  /** How deep the last node was that was taken, while the walk is inside it. */
  let outer = -1;
  for (let i = 0; i < length;) {
    const top = ids[i++]!;
    depth = 1;
    outer = -1;
    if (withSelf && test.row(words[top + HEAD]!)) {
      out.push(top);
      outer = 0;
    }
    if (texts && run.isElement(top) && run.hasText(top + TEXT)) out.push(top + TEXT);
    let at = words[top + FIRST]!;
    while (at !== 0) {
      work++;
      if (depth <= outer) outer = -1;
      if (i < length && ids[i] === at) i++;
      const head = words[at + HEAD]!;
      if ((head & mask) === want && (!careful || test.looksRight(head))) {
        out.push(at);
        if (outer === -1) outer = depth;
        else flat = false;
      }
      if (texts && run.isElement(at) && run.hasText(at + TEXT)) out.push(at + TEXT);
      const first = words[at + FIRST]!;
      if (first !== 0) {
        at = first;
        depth++;
        continue;
      }
      while (true) {
        if (texts && run.hasText(at + TAIL) && !run.isDocument(words[at + PARENT]!)) {
          out.push(at + TAIL);
        }
        const next = words[at + NEXT]!;
        if (next !== 0) {
          at = next;
          break;
        }
        at = words[at + PARENT]!;
        depth--;
        if (at === top) break;
      }
      if (at === top) break;
    }
  }
  run.spend(work + length);
  out.flat = flat && !texts;
  return out;
}

/** Only rows hold anything; texts of a set in between would hide rows behind them from the walk. */
function rowsOnly(set: NodeSet): NodeSet | undefined {
  for (let i = 0; i < set.length; i++) {
    if (isRow(set.ids[i]!)) continue;
    const rows = new NodeSet();
    for (let j = 0; j < set.length; j++) if (isRow(set.ids[j]!)) rows.push(set.ids[j]!);
    return rows;
  }
  return undefined;
}

/** All that is in nodes. */
export function descendantOfAll(run: Run, test: NodeTest, set: NodeSet): NodeSet {
  const rows = rowsOnly(set);
  if (rows === undefined) return below(run, test, set, false);
  const out = below(run, test, rows, false);
  const sink = new Sink(out, run, [], 0);
  // Made elements are behind all others.
  for (let i = 0; i < set.length; i++) if (set.ids[i]! < 0) child(run, test, set.ids[i]!, sink);
  return out;
}

/** Nodes and all that is in them. */
export function descendantOrSelfOfAll(run: Run, test: NodeTest, set: NodeSet): NodeSet {
  const rows = rowsOnly(set);
  if (rows === undefined) return below(run, test, set, true);
  const out = below(run, test, rows, true);
  const sink = new Sink(out, run, [], 0);
  for (let i = 0; i < set.length; i++) {
    const id = set.ids[i]!;
    if (isRow(id)) continue;
    if (test.node(id, run)) out.push(id);
    if (id < 0) child(run, test, id, sink);
  }
  out.flat = false;
  return sortNodes(out, run);
}

/** The nodes themselves. */
export function selfOfAll(run: Run, test: NodeTest, set: NodeSet): NodeSet {
  const out = new NodeSet(set.length);
  for (let i = 0; i < set.length; i++) {
    if (test.node(set.ids[i]!, run)) out.push(set.ids[i]!);
  }
  run.spend(set.length);
  out.flat = set.flat;
  return out;
}

/** Parents. */
export function parentOfAll(run: Run, test: NodeTest, set: NodeSet): NodeSet {
  return up(run, test, set, false, true);
}

/** Parents, their parents and so on. */
export function ancestorOfAll(run: Run, test: NodeTest, set: NodeSet): NodeSet {
  return up(run, test, set, false, false);
}

/** Nodes, their parents and so on. */
export function ancestorOrSelfOfAll(run: Run, test: NodeTest, set: NodeSet): NodeSet {
  return up(run, test, set, true, false);
}

/** Climbs from each node, and stops where another one has come by. */
function up(run: Run, test: NodeTest, set: NodeSet, withSelf: boolean, once: boolean): NodeSet {
  const out = new NodeSet();
  const marks = run.scratch.marks(run.store);
  let work = set.length;
  for (let i = 0; i < set.length; i++) {
    const id = set.ids[i]!;
    if (withSelf && !isRow(id) && test.node(id, run)) out.push(id);
    let at = withSelf && isRow(id) ? id : run.parentOf(id);
    for (; at !== NONE; at = run.parentOf(at)) {
      if (isRow(at)) {
        if (marks.has(at)) break;
        marks.add(at);
      }
      work++;
      if (test.node(at, run)) out.push(at);
      if (once) break;
    }
  }
  run.spend(work);
  return sortNodes(out, run);
}

/** Siblings behind nodes: each row is passed once, as the first node of the set does. */
export function followingSiblingOfAll(run: Run, test: NodeTest, set: NodeSet): NodeSet {
  const out = new NodeSet();
  const { words } = run;
  const marks = run.scratch.marks(run.store);
  const { texts } = test;
  let work = set.length;
  for (let i = 0; i < set.length; i++) {
    const id = set.ids[i]!;
    if (id < 0) continue;
    let at = rowOf(id);
    const starts = isText(id) && !isTail(id);
    const inside = texts && (starts || !run.isDocument(words[at + PARENT]!));
    if (isText(id)) {
      if (starts) {
        at = words[at + FIRST]!;
        if (at === 0 || marks.has(at)) continue;
        marks.add(at);
        if (test.row(words[at + HEAD]!)) out.push(at);
        if (texts && run.hasText(at + TAIL)) out.push(at + TAIL);
      }
    } else if (run.isDocument(at)) continue;
    else if (inside && run.hasText(at + TAIL) && !marks.has(at)) out.push(at + TAIL);
    for (at = words[at + NEXT]!; at !== 0 && !marks.has(at); at = words[at + NEXT]!) {
      marks.add(at);
      work++;
      if (test.row(words[at + HEAD]!)) out.push(at);
      if (inside && run.hasText(at + TAIL)) out.push(at + TAIL);
    }
  }
  run.spend(work);
  return sortNodes(out, run);
}

/** Siblings before nodes: each row is passed once, as the last node of the set does. */
export function precedingSiblingOfAll(run: Run, test: NodeTest, set: NodeSet): NodeSet {
  const out = new NodeSet();
  const { words } = run;
  const marks = run.scratch.marks(run.store);
  const { texts } = test;
  let work = set.length;
  for (let i = set.length - 1; i >= 0; i--) {
    const id = set.ids[i]!;
    if (id < 0 || (isText(id) && !isTail(id))) continue;
    let at = rowOf(id);
    if (run.isDocument(at)) continue;
    const above = words[at + PARENT]!;
    const inside = texts && !run.isDocument(above);
    if (isText(id)) {
      if (marks.has(at)) continue;
      marks.add(at);
      if (test.row(words[at + HEAD]!)) out.push(at);
    }
    let done = false;
    while (true) {
      const prev = words[at + PREV]!;
      if (prev === 0) break;
      // Its tail may not have been taken where it was passed as the owner of a tail.
      if (inside && run.hasText(prev + TAIL)) out.push(prev + TAIL);
      if (marks.has(prev)) {
        done = true;
        break;
      }
      marks.add(prev);
      work++;
      if (test.row(words[prev + HEAD]!)) out.push(prev);
      at = prev;
    }
    if (!done && inside && run.hasText(above + TEXT)) out.push(above + TEXT);
  }
  run.spend(work);
  return sortNodes(out, run);
}

/** The element of an attribute or namespace node, any other node itself. */
function bearerOf(run: Run, id: number): number {
  return id < 0 ? run.parentOf(id) : id;
}

/** Whether a row contains a node. */
function contains(run: Run, row: number, id: number): boolean {
  let at = isRow(id) ? id : run.parentOf(id);
  for (; at !== NONE; at = run.parentOf(at)) if (at === row) return true;
  return false;
}

/** All behind nodes: what is behind the one that ends first. */
export function followingOfAll(run: Run, test: NodeTest, set: NodeSet): NodeSet {
  const sink = sinkFor(run);
  let first = NONE;
  for (let i = 0; i < set.length; i++) {
    const next = bearerOf(run, set.ids[i]!);
    if (next === NONE) continue;
    if (first !== NONE && !(isRow(first) && contains(run, first, next))) break;
    first = next;
  }
  if (first !== NONE) following(run, test, first, sink);
  return sink.set;
}

/** All before nodes: what is before the last one. */
export function precedingOfAll(run: Run, test: NodeTest, set: NodeSet): NodeSet {
  const sink = sinkFor(run);
  let i = set.length - 1;
  while (i >= 0 && set.ids[i]! < 0 && run.parentOf(set.ids[i]!) === NONE) i--;
  if (i < 0) return sink.set;
  preceding(run, test, set.ids[i]!, sink);
  sink.set.reverse();
  return sink.set;
}
