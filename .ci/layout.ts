/**
 * Rules about where files lie and how they import each other that need more than one file to be seen.
 *
 * - No cycles of imports, types included, but the declared ones.
 * - Three files of a folder whose names begin alike make a folder of their own.
 * - A folder has at most {@linkcode MAX_FILES} files.
 *
 * What one file shows by itself is the lint plugin's: the order of areas and rooms, and `_x.ts` in its own folder.
 */
import { cyclesOf, type ModuleGraph } from "./module_graph.ts";

/** Most source files of a folder, those of its folders not counted. */
export const MAX_FILES = 24;

/** A cycle that may be: all its files lie in one folder and walk one recursive structure. */
export interface DeclaredCycle {
  readonly folder: string;
  /** Why it cannot be cut without making the code worse. */
  readonly because: string;
}

/** The cycles there may be. */
export const DECLARED_CYCLES: readonly DeclaredCycle[] = [
  {
    folder: "persist/pickle/load/",
    because: "loading walks the opcodes, and the rare ones load again",
  },
  {
    folder: "persist/pickle/save/",
    because: "saving walks the value, and each kind of value saves its parts",
  },
];

/** The folder of a file, with a slash at its end. */
function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf("/") + 1);
}

/** The first word of a file's name; a test begins like what it tests. */
export function prefixOf(file: string): string {
  const name = file.slice(file.lastIndexOf("/") + 1).replace(/^_+/, "");
  return name.slice(0, name.search(/[_.]/));
}

/**
 * What is wrong with the layout.
 *
 * @param graph All source files, and what they import.
 * @param declared The cycles there may be; one that is not there any more is wrong, too.
 * @returns One sentence each.
 */
export function problemsOf(
  graph: ModuleGraph,
  declared: readonly DeclaredCycle[] = DECLARED_CYCLES,
): string[] {
  const problems: string[] = [];
  const seen = new Set<DeclaredCycle>();
  for (const cycle of cyclesOf(graph)) {
    const found = declared.find(({ folder }) => cycle.every((file) => folderOf(file) === folder));
    if (found === undefined) problems.push(`Imports go in a circle: ${cycle.join(", ")}`);
    else if (seen.has(found)) {
      problems.push(`A second circle in ${found.folder}: ${cycle.join(", ")}`);
    } else seen.add(found);
  }
  for (const cycle of declared) {
    if (!seen.has(cycle)) {
      problems.push(`There is no circle in ${cycle.folder} any more: undeclare it`);
    }
  }
  const folders = Map.groupBy(graph.keys(), folderOf);
  for (const [folder, files] of folders) {
    if (files.length > MAX_FILES) {
      problems.push(`${folder} has ${files.length} files, at most ${MAX_FILES} are allowed`);
    }
    for (const [prefix, alike] of Map.groupBy(files, prefixOf)) {
      if (alike.length < 3) continue;
      problems.push(`${alike.join(", ")} begin alike: make a folder ${folder}${prefix}/`);
    }
  }
  return problems;
}
