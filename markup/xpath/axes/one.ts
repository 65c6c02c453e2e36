/** The axes of one node: each puts the nodes that pass a test into a sink, from the nearest on, until that has enough. */
import { ATTR_ROW, FIRST, HEAD, LAST, NEXT, PARENT, PREV, TAIL, TEXT } from "../../store/layout.ts";
import { XML_URI } from "../../tree/namespaces.ts";
import { isAttribute, isRow, isTail, isText, rowOf } from "../nodes/node_set.ts";
import { NONE, type Run } from "../nodes/run.ts";
import type { NodeTest } from "./node_check.ts";
import type { Sink } from "./sink.ts";

/** An axis of one node. */
export type Axis = (run: Run, test: NodeTest, id: number, sink: Sink) => void;

/** The text of an element that was made. */
function madeText(run: Run, test: NodeTest, id: number, sink: Sink): void {
  if (!test.texts || isAttribute(id)) return;
  const made = run.madeAt(id);
  if (made.kind === "element" && made.text !== "") sink.add(id - 1);
}

/** Children. */
export function child(run: Run, test: NodeTest, id: number, sink: Sink): void {
  if (id < 0) return madeText(run, test, id, sink);
  if (isText(id)) return;
  const { words } = run;
  const texts = test.texts && run.isElement(id);
  if (texts && run.hasText(id + TEXT) && sink.add(id + TEXT)) return;
  let work = 1;
  for (let at = words[id + FIRST]!; at !== 0; at = words[at + NEXT]!) {
    work++;
    if (test.row(words[at + HEAD]!) && sink.add(at)) break;
    if (texts && run.hasText(at + TAIL) && sink.add(at + TAIL)) break;
  }
  run.spend(work);
}

/** All that is in a node. */
export function descendant(run: Run, test: NodeTest, id: number, sink: Sink): void {
  if (id < 0) return madeText(run, test, id, sink);
  if (isText(id)) return;
  const { words } = run;
  const { texts } = test;
  if (texts && run.isElement(id) && run.hasText(id + TEXT) && sink.add(id + TEXT)) return;
  const first = words[id + FIRST]!;
  if (first !== 0) forward(run, test, first, id, sink);
}

/**
 * Walks from a row on, in document order.
 *
 * @param from The first row.
 * @param top Where the walk ends: at the end of this row, or of the document.
 */
function forward(run: Run, test: NodeTest, from: number, top: number, sink: Sink): void {
  const { words } = run;
  const { texts } = test;
  let at = from;
  let work = 0;
  walk: while (true) {
    work++;
    if (test.row(words[at + HEAD]!) && sink.add(at)) break;
    if (texts && run.isElement(at) && run.hasText(at + TEXT) && sink.add(at + TEXT)) break;
    const first = words[at + FIRST]!;
    if (first !== 0) {
      at = first;
      continue;
    }
    while (true) {
      const up = words[at + PARENT]!;
      if (texts && run.hasText(at + TAIL) && !run.isDocument(up) && sink.add(at + TAIL)) break walk;
      const next = words[at + NEXT]!;
      if (next !== 0) {
        at = next;
        break;
      }
      if (up === top || run.isDocument(up)) break walk;
      at = up;
    }
  }
  run.spend(work);
}

/** A node and all that is in it. */
export function descendantOrSelf(run: Run, test: NodeTest, id: number, sink: Sink): void {
  if (test.node(id, run) && sink.add(id)) return;
  descendant(run, test, id, sink);
}

/** The node itself. */
export function self(run: Run, test: NodeTest, id: number, sink: Sink): void {
  if (test.node(id, run)) sink.add(id);
}

/** The parent. */
export function parent(run: Run, test: NodeTest, id: number, sink: Sink): void {
  const up = run.parentOf(id);
  if (up !== NONE && test.node(up, run)) sink.add(up);
}

/** The parent, its parent and so on. */
export function ancestor(run: Run, test: NodeTest, id: number, sink: Sink): void {
  let work = 1;
  for (let up = run.parentOf(id); up !== NONE; up = run.parentOf(up)) {
    work++;
    if (test.node(up, run) && sink.add(up)) break;
  }
  run.spend(work);
}

/** A node, its parent and so on. */
export function ancestorOrSelf(run: Run, test: NodeTest, id: number, sink: Sink): void {
  if (test.node(id, run) && sink.add(id)) return;
  ancestor(run, test, id, sink);
}

/** Attributes. */
export function attribute(run: Run, test: NodeTest, id: number, sink: Sink): void {
  if (!isRow(id) || !run.isElement(id)) return;
  const { attrs } = run.store;
  const end = run.endOfAttributes(id);
  for (let at = run.firstAttribute(id); at < end; at += ATTR_ROW) {
    if (test.attribute(attrs[at]!) && sink.add(run.attribute(id, at))) return;
  }
}

/** Namespaces in force. */
export function namespace(run: Run, test: NodeTest, id: number, sink: Sink): void {
  if (!isRow(id) || !run.isElement(id)) return;
  const bindings = run.bindingsOf(id);
  run.spend(bindings.size + 1);
  if (test.namespace("xml") && sink.add(run.namespaceNode(id, "xml", XML_URI))) return;
  for (const [prefix, uri] of bindings) {
    if (
      prefix !== "xml" && test.namespace(prefix) && sink.add(run.namespaceNode(id, prefix, uri))
    ) return;
  }
}

/** Siblings behind a node. */
export function followingSibling(run: Run, test: NodeTest, id: number, sink: Sink): void {
  if (id < 0) return;
  const { words } = run;
  const row = rowOf(id);
  let at = words[row + NEXT]!;
  const up = words[row + PARENT]!;
  let texts = test.texts;
  if (isText(id)) {
    if (!isTail(id)) at = words[row + FIRST]!;
  } else if (run.isDocument(row)) return;
  else {
    texts &&= !run.isDocument(up);
    if (texts && run.hasText(row + TAIL) && sink.add(row + TAIL)) return;
  }
  let work = 1;
  for (; at !== 0; at = words[at + NEXT]!) {
    work++;
    if (test.row(words[at + HEAD]!) && sink.add(at)) break;
    if (texts && run.hasText(at + TAIL) && sink.add(at + TAIL)) break;
  }
  run.spend(work);
}

/** Siblings before a node, from the nearest on. */
export function precedingSibling(run: Run, test: NodeTest, id: number, sink: Sink): void {
  if (id < 0) return;
  const { words } = run;
  let at = rowOf(id);
  if (isText(id)) {
    // Nothing is before the text at the start of an element.
    if (!isTail(id)) return;
    if (test.row(words[at + HEAD]!) && sink.add(at)) return;
  } else if (run.isDocument(at)) return;
  const up = words[at + PARENT]!;
  const texts = test.texts && !run.isDocument(up);
  let work = 1;
  for (at = words[at + PREV]!; at !== 0; at = words[at + PREV]!) {
    work++;
    if (texts && run.hasText(at + TAIL) && sink.add(at + TAIL)) return;
    if (test.row(words[at + HEAD]!) && sink.add(at)) return run.spend(work);
  }
  if (texts && run.hasText(up + TEXT)) sink.add(up + TEXT);
  run.spend(work);
}

/** All behind a node but what is in it; of an attribute, all behind its element, as in libxml2. */
export function following(run: Run, test: NodeTest, id: number, sink: Sink): void {
  const { words } = run;
  const node = isAttribute(id) ? run.ownerOf(id) : id;
  if (node < 0) {
    const made = run.madeAt(node);
    return made.kind === "namespace" ? following(run, test, made.owner, sink) : undefined;
  }
  let row = rowOf(node);
  if (run.isDocument(row)) return;
  if (isText(node) && !isTail(node)) {
    if (words[row + FIRST] !== 0) {
      return forward(run, test, words[row + FIRST]!, NONE, sink);
    }
  } else if (isTail(node)) {
    if (words[row + NEXT] !== 0) return forward(run, test, words[row + NEXT]!, NONE, sink);
    row = words[row + PARENT]!;
  }
  // What follows the end of the row.
  for (let up = words[row + PARENT]!; !run.isDocument(row); up = words[row + PARENT]!) {
    if (
      test.texts && run.hasText(row + TAIL) && !run.isDocument(up) && sink.add(row + TAIL)
    ) return;
    if (words[row + NEXT] !== 0) return forward(run, test, words[row + NEXT]!, NONE, sink);
    row = up;
  }
}

/** Walks a row and all in it backwards. Says whether the sink has enough. */
function backward(run: Run, test: NodeTest, row: number, sink: Sink): boolean {
  const { words } = run;
  const { texts } = test;
  let at = row;
  let work = 0;
  try {
    while (true) {
      for (let last = words[at + LAST]!; last !== 0; last = words[at + LAST]!) {
        at = last;
        if (texts && run.hasText(at + TAIL) && sink.add(at + TAIL)) return true;
      }
      while (true) {
        work++;
        if (texts && run.isElement(at) && run.hasText(at + TEXT) && sink.add(at + TEXT)) {
          return true;
        }
        if (test.row(words[at + HEAD]!) && sink.add(at)) return true;
        if (at === row) return false;
        const prev = words[at + PREV]!;
        if (prev !== 0) {
          at = prev;
          break;
        }
        at = words[at + PARENT]!;
      }
      if (texts && run.hasText(at + TAIL) && sink.add(at + TAIL)) return true;
    }
  } finally {
    run.spend(work);
  }
}

/** All before a node but what it is in, from the nearest on. */
export function preceding(run: Run, test: NodeTest, id: number, sink: Sink): void {
  const { words } = run;
  const node = isAttribute(id) ? run.ownerOf(id) : id;
  if (node < 0) {
    const made = run.madeAt(node);
    return made.kind === "namespace" ? preceding(run, test, made.owner, sink) : undefined;
  }
  let at = rowOf(node);
  if (isTail(node) && backward(run, test, at, sink)) return;
  while (!run.isDocument(at)) {
    const prev = words[at + PREV]!;
    const up = words[at + PARENT]!;
    const texts = test.texts && !run.isDocument(up);
    if (prev === 0) {
      if (texts && run.hasText(up + TEXT) && sink.add(up + TEXT)) return;
      at = up;
    } else {
      if (texts && run.hasText(prev + TAIL) && sink.add(prev + TAIL)) return;
      if (backward(run, test, prev, sink)) return;
      at = prev;
    }
  }
}
