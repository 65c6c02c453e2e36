/** The package's entry points, as deno.json names them. */
import config from "../deno.json" with { type: "json" };

/** Paths relative to the package root. */
export const ENTRIES: string[] = Object.values(config.exports);

/** Package root as a path. */
export const ROOT: string = new URL("..", import.meta.url).pathname;
