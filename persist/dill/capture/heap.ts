/**
 * Which functions share a variable.
 *
 * The inspector shows the scopes of a function as copies, so that two counters made by the same function cannot be told
 * from one counter and the function that reads it. A heap snapshot has the contexts themselves, with a number each, and an
 * edge to the next one. It is taken only when the answer depends on it (several functions use a variable that changes, or
 * an arrow function uses the `this` around it): it takes tenths of a second, more for a large heap.
 */

/** What a snapshot says of what is around a function. */
export interface Surroundings {
  /** The numbers of the contexts around it, from the innermost outwards, up to that of its module or script. */
  readonly contexts: readonly number[];
  /**
   * The heap's number of the object that `this` or `arguments` refers to, or the value, if it is that simple. (Numbers leave
   * no trace in a snapshot, so that it does not know of all variables.)
   */
  readonly lexical: ReadonlyMap<string, { readonly id: number } | { readonly value: unknown }>;
}

/** Holds the functions in question, under a name that is looked for in the snapshot. */
class FerryDillProbe {
  [index: `f${number}`]: object;
}

/** Values that the snapshot has under their names. */
const ODDBALLS: Record<string, unknown> = { undefined, null: null, true: true, false: false };

/** What snapshots have said: a function's contexts never change. Numbers of one snapshot only can be compared. */
const remembered: WeakMap<object, { readonly snapshot: object; readonly seen: Surroundings }> =
  new WeakMap();

/**
 * Looks around functions. One snapshot serves all of them, and it is remembered what it said.
 *
 * @param others Functions that will be asked about later, perhaps.
 * @param fresh Whether the numbers of objects are needed, which are good only until the next snapshot.
 */
export async function lookAround(
  functions: readonly object[],
  others: readonly object[] = [],
  fresh = false,
): Promise<ReadonlyMap<object, Surroundings>> {
  const known = remembered.get(functions[0]!)?.snapshot;
  if (
    fresh || known === undefined || functions.some((fn) => remembered.get(fn)?.snapshot !== known)
  ) {
    const all = [...new Set([...functions, ...others])];
    const snapshot = {};
    for (const [i, seen] of (await takeSnapshot(all)).entries()) {
      remembered.set(all[i]!, { snapshot, seen });
    }
  }
  return new Map(functions.map((fn) => [fn, remembered.get(fn)!.seen]));
}

async function takeSnapshot(functions: readonly object[]): Promise<Surroundings[]> {
  const probe = new FerryDillProbe();
  for (const [i, fn] of functions.entries()) probe[`f${i}`] = fn;
  let text = "";
  const decoder = new TextDecoder();
  const { getHeapSnapshot } = await import("node:v8");
  const stream = getHeapSnapshot({ exposeInternals: true });
  for await (const chunk of stream as AsyncIterable<string | Uint8Array>) {
    text += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
  }
  const snapshot = new Snapshot(JSON.parse(text));
  const found = snapshot.probe(Object.keys(probe)[0]!);
  return functions.map((_, i) => snapshot.around(found.get(`f${i}`)!));
}

interface RawSnapshot {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: string[];
      readonly node_types: [string[], ...unknown[]];
      readonly edge_fields: string[];
      readonly edge_types: [string[], ...unknown[]];
    };
  };
  readonly nodes: number[];
  readonly edges: number[];
  readonly strings: string[];
}

/** The parts of V8's snapshot format that are needed: nodes and edges, each a run of numbers. */
class Snapshot {
  readonly #raw: RawSnapshot;
  readonly #nodeSize: number;
  readonly #edgeSize: number;
  readonly #name: number;
  readonly #id: number;
  /** Index of the first edge of each node. */
  readonly #firstEdge: Uint32Array;
  readonly #edgeType: readonly string[];

  constructor(raw: RawSnapshot) {
    const { meta } = raw.snapshot;
    this.#raw = raw;
    this.#nodeSize = meta.node_fields.length;
    this.#edgeSize = meta.edge_fields.length;
    this.#name = meta.node_fields.indexOf("name");
    this.#id = meta.node_fields.indexOf("id");
    this.#edgeType = meta.edge_types[0];
    const count = meta.node_fields.indexOf("edge_count");
    const nodes = raw.nodes.length / this.#nodeSize;
    this.#firstEdge = new Uint32Array(nodes + 1);
    for (let node = 0, edge = 0; node < nodes; node++) {
      this.#firstEdge[node] = edge;
      this.#firstEdge[node + 1] = edge += raw.nodes[node * this.#nodeSize + count]!;
    }
  }

  nameOf(node: number): string {
    return this.#raw.strings[this.#raw.nodes[node * this.#nodeSize + this.#name]!]!;
  }

  idOf(node: number): number {
    return this.#raw.nodes[node * this.#nodeSize + this.#id]!;
  }

  /** The nodes that edges of one type lead to, by the names of the edges. */
  edges(node: number, type: string): Map<string, number> {
    const { edges, strings } = this.#raw;
    const found = new Map<string, number>();
    for (let edge = this.#firstEdge[node]!; edge < this.#firstEdge[node + 1]!; edge++) {
      const at = edge * this.#edgeSize;
      if (this.#edgeType[edges[at]!] !== type) continue;
      found.set(strings[edges[at + 1]!]!, edges[at + 2]! / this.#nodeSize);
    }
    return found;
  }

  /** The properties of the probe. */
  probe(property: string): Map<string, number> {
    const name = this.#raw.strings.indexOf(FerryDillProbe.name);
    for (let node = 0; node < this.#firstEdge.length - 1; node++) {
      if (this.#raw.nodes[node * this.#nodeSize + this.#name] !== name) continue;
      const properties = this.edges(node, "property");
      if (properties.has(property)) return properties;
    }
    throw new TypeError("Cannot read the heap snapshot: the functions in question are not in it");
  }

  around(fn: number): Surroundings {
    const contexts: number[] = [];
    const lexical = new Map<string, { readonly id: number } | { readonly value: unknown }>();
    let context = this.edges(fn, "internal").get("context");
    while (context !== undefined && !/NativeContext|ScriptContext/.test(this.nameOf(context))) {
      contexts.push(this.idOf(context));
      for (const [name, node] of this.edges(context, "context")) {
        if (name !== "this" && name !== "arguments" || lexical.has(name)) continue;
        const simple = this.nameOf(node);
        const isSimple = Object.hasOwn(ODDBALLS, simple);
        lexical.set(name, isSimple ? { value: ODDBALLS[simple] } : { id: this.idOf(node) });
      }
      context = this.edges(context, "internal").get("previous");
    }
    return { contexts, lexical };
  }
}
