/** The benchmarks' own configuration, for the programs that they start. */
import { fileURLToPath } from "node:url";

/** Arguments of `deno run` that choose it: its lock has the peers, which the package has no need of. */
export const CONFIG: readonly string[] = [
  "--config",
  fileURLToPath(new URL("./deno.json", import.meta.url)),
];
