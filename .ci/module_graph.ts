/** Which file of the package imports which, types included, and where that goes in circles. */

/** Paths of a file's imports, by its path. Paths are relative to the package root, `/`-separated. */
export type ModuleGraph = ReadonlyMap<string, readonly string[]>;

/**
 * Imports and exports from other files, as deno fmt writes them: at the beginning of a line. Then what stands in the
 * middle of one: types and modules by `import()`, and the worker's by `new URL()`, which is no import.
 */
const STATEMENT = /^(?:import|export)\b(?:[^;"'`]*?\bfrom)?\s*"(\.[^"]*)"/gm;
const EXPRESSION = /\bimport\(\s*["`](\.[^"`$]*)["`]/g;

/** The relative specifiers that a source text imports from. Comments do not count. */
export function importsOf(source: string): string[] {
  const code = source.replace(/^\s*(?:\*|\/\*|\/\/).*$/gm, "");
  return [STATEMENT, EXPRESSION].flatMap((pattern) =>
    [...code.matchAll(pattern)].map(([, specifier]) => specifier!)
  );
}

/** Reads the graph of the given files. */
export async function readGraph(root: URL, files: readonly string[]): Promise<ModuleGraph> {
  const graph = new Map<string, string[]>();
  for (const file of files) {
    const source = await Deno.readTextFile(new URL(encodeURI(file), root));
    const imports = importsOf(source).map((specifier) =>
      decodeURIComponent(new URL(specifier, `file:///${encodeURI(file)}`).pathname.slice(1))
    );
    graph.set(file, imports);
  }
  return graph;
}

/**
 * The groups of files that can reach each other.
 *
 * Source: R. E. Tarjan, "Depth-First Search and Linear Graph Algorithms", 1972.
 *
 * @returns Each group sorted by name; files that only reach themselves by no import are no group.
 */
export function cyclesOf(graph: ModuleGraph): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const open = new Set<string>();
  const cycles: string[][] = [];
  const visit = (file: string) => {
    order.set(file, order.size);
    lowest.set(file, order.get(file)!);
    stack.push(file);
    open.add(file);
    for (const next of graph.get(file) ?? []) {
      if (!order.has(next)) {
        visit(next);
        lowest.set(file, Math.min(lowest.get(file)!, lowest.get(next)!));
      } else if (open.has(next)) {
        lowest.set(file, Math.min(lowest.get(file)!, order.get(next)!));
      }
    }
    if (lowest.get(file) !== order.get(file)) return;
    const group = stack.splice(stack.indexOf(file));
    group.forEach((member) => open.delete(member));
    if (group.length > 1 || graph.get(file)?.includes(file)) cycles.push(group.sort());
  };
  for (const file of graph.keys()) if (!order.has(file)) visit(file);
  return cycles;
}
