/** Which nodes a step takes: compiled once, bound to the names of a store for each evaluation. */
import { COMMENT, ELEMENT, HEAD, INSTRUCTION, KIND_BITS, KIND_MASK } from "../../store/layout.ts";
import type { NameTable } from "../../store/name_table.ts";
import { XMLNS_URI } from "../../tree/namespaces.ts";
import { isAttribute, isText } from "../nodes/node_set.ts";
import type { Run } from "../nodes/run.ts";
import { ATTR_ROW } from "../../store/layout.ts";

/** What a test asks for, its prefix resolved. */
export type TestSpec =
  /** `rows` are all nodes but texts, attributes and namespaces. */
  | { readonly kind: "node" | "rows" | "text" | "comment" | "any" }
  | { readonly kind: "instruction"; readonly target: string | undefined }
  /** `local` is `undefined` for any name of the namespace. */
  | { readonly kind: "name"; readonly uri: string; readonly local: string | undefined };

/** Never the head of a row. */
const NEVER = 0x7fff_ffff;

/**
 * A test, bound to names. Rows are told by their heads: `(head & mask) === want` says yes to most and no to nearly all others;
 * only names with a namespace, whose prefixes differ, need a second look.
 */
export class NodeTest {
  readonly spec: TestSpec;
  /** Bits of a head that count. */
  mask = 0;
  /** What they must be. */
  want = 0;
  /** Whether the names of rows that pass must be looked at besides. */
  careful = false;
  /** Whether texts pass. */
  readonly texts: boolean;
  /** Number of the name, without its prefix; 0 if there is none. */
  name = 0;
  #names: NameTable | undefined;
  #known = -1;

  constructor(spec: TestSpec) {
    this.spec = spec;
    this.texts = spec.kind === "node" || spec.kind === "text";
  }

  /** Binds the test to the names of a store. */
  bind(names: NameTable): void {
    if (this.#names === names && (this.name !== 0 || !this.#named)) return;
    this.#names = names;
    this.#known = -1;
    const { spec } = this;
    switch (spec.kind) {
      case "node":
      case "rows":
        this.mask = this.want = 0;
        return;
      case "text":
        this.mask = -1;
        this.want = NEVER;
        return;
      case "comment":
        this.mask = KIND_MASK;
        this.want = COMMENT;
        return;
      case "any":
        this.mask = KIND_MASK;
        this.want = ELEMENT;
        return;
      case "instruction":
        this.mask = KIND_MASK;
        this.want = INSTRUCTION;
        if (spec.target === undefined) return;
        this.name = names.find(spec.target);
        this.mask = -1;
        this.want = this.name === 0 ? NEVER : this.name << KIND_BITS | INSTRUCTION;
        return;
      case "name":
        this.name = spec.local === undefined ? 0 : names.find(spec.local, spec.uri);
        this.careful = spec.uri !== "" && (spec.local === undefined || this.name !== 0);
        this.mask = this.careful ? KIND_MASK : -1;
        this.want = this.careful
          ? ELEMENT
          : this.name === 0
          ? NEVER
          : this.name << KIND_BITS | ELEMENT;
    }
  }

  get #named(): boolean {
    const { spec } = this;
    return spec.kind === "name" ? spec.local !== undefined : spec.kind === "instruction" &&
      spec.target !== undefined;
  }

  /** Whether a row that `mask` and `want` let pass is taken; to be asked if the test is careful. */
  looksRight(head: number): boolean {
    if (head === this.#known) return true;
    const name = head >>> KIND_BITS;
    const spec = this.spec as TestSpec & { kind: "name" };
    const found = this.name !== 0
      ? this.#names!.expanded(name) === this.name
      : this.#names!.uri(name) === spec.uri;
    if (found) this.#known = head;
    return found;
  }

  /** Whether a row passes. */
  row(head: number): boolean {
    return (head & this.mask) === this.want && (!this.careful || this.looksRight(head));
  }

  /** Whether an attribute passes, on its own axis: by the number of its name. */
  attribute(name: number): boolean {
    const { spec } = this;
    const names = this.#names!;
    switch (spec.kind) {
      case "name":
        if (spec.local === undefined) return names.uri(name) === spec.uri && spec.uri !== XMLNS_URI;
        return this.name !== 0 && names.expanded(name) === this.name && spec.uri !== XMLNS_URI;
      case "node":
      case "any":
        return names.uri(name) !== XMLNS_URI;
    }
    return false;
  }

  /** Whether a namespace node passes, on its own axis: by its prefix. */
  namespace(prefix: string): boolean {
    const { spec } = this;
    if (spec.kind === "name") return spec.uri === "" && spec.local === prefix;
    return spec.kind === "node" || spec.kind === "any";
  }

  /** Whether any node passes on an axis of elements. */
  node(id: number, run: Run): boolean {
    const { spec } = this;
    if (id >= 0) return isText(id) ? this.texts : this.row(run.words[id + HEAD]!);
    if (spec.kind === "node") return true;
    if (isAttribute(id)) return false;
    const made = run.madeAt(id);
    if (made.kind === "text") return spec.kind === "text";
    if (made.kind === "namespace") return false;
    return spec.kind === "any" ||
      (spec.kind === "name" && spec.uri === "" && spec.local === made.name);
  }
}

/** The value of an attribute with one name of a row, by its offset, or -1. */
export function findAttribute(run: Run, row: number, test: NodeTest): number {
  const { attrs } = run.store;
  const end = run.endOfAttributes(row);
  for (let at = run.firstAttribute(row); at < end; at += ATTR_ROW) {
    if (test.attribute(attrs[at]!)) return at;
  }
  return -1;
}
