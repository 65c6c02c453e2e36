/** The package's entry points, as deno.json names them. */
import { fileURLToPath } from "node:url";
import config from "../deno.json" with { type: "json" };

/** Paths relative to the package root. */
export const ENTRIES: string[] = Object.values(config.exports);

/** Package root as a path. */
export const ROOT: string = fileURLToPath(new URL("..", import.meta.url));
