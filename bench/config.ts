/** The benchmarks' own configuration, for the programs that they start. */
import { fileURLToPath } from "node:url";

/** Arguments of `deno run` that choose it: its lock has the peers, which the package has no need of. */
export const CONFIG: readonly string[] = [
  // What it warns of is that a configuration above this one has links.
  "--quiet",
  "--config",
  fileURLToPath(new URL("./deno.json", import.meta.url)),
];
