/**
 * A tour of the package: a chapter for each area, and those that need packages from npm when they are asked for.
 *
 * ```sh
 * deno task tour                    # the areas; downloads nothing
 * deno task tour --all              # and settings, shelves, closures
 * deno task tour --only net         # one of them; persist with shelves and closures, formats with settings
 * deno task tour --only ipc FILE    # counts the words of a text of yours
 * ```
 */

/** A chapter: `run` is given the arguments that are no options, and throws if something is not as it says. */
interface Chapter {
  title: string;
  run(args: string[]): Promise<void>;
}

/** By area, in their order. A chapter is loaded when it is its turn. */
const AREAS: Record<string, () => Promise<Chapter>> = {
  ipc: () => import("./tour/ipc.ts"),
  net: () => import("./tour/net.ts"),
  persist: () => import("./tour/persist.ts"),
  formats: () => import("./tour/formats.ts"),
  markup: () => import("./tour/markup.ts"),
};

/** What a clone needs packages from npm for: YAML, TOML, a codec of shelves, and the source of functions. */
const MORE: Record<string, () => Promise<Chapter>> = {
  config: () => import("./tour/config.ts"),
  shelves: () => import("./shelf/tour.ts"),
  closures: () => import("./tour/closures.ts"),
};

const CHAPTERS: Record<string, () => Promise<Chapter>> = { ...AREAS, ...MORE };

/** What an area that is asked for has besides its own chapter. */
const PARTS: Record<string, string[]> = {
  persist: ["shelves", "closures"],
  formats: ["config"],
};

const args = Deno.args.filter((arg) => arg !== "--all");
const all = args.length < Deno.args.length;
const at = args.indexOf("--only");
const only = at < 0 ? undefined : args.splice(at, 2)[1];
if (at >= 0 && (only === undefined || !Object.hasOwn(CHAPTERS, only))) {
  console.error(`--only needs one of: ${Object.keys(CHAPTERS).join(", ")}`);
  Deno.exit(2);
}
for (const [area, load] of Object.entries(CHAPTERS)) {
  const wanted = only === undefined
    ? all || !(area in MORE)
    : area === only || (PARTS[only] ?? []).includes(area);
  if (!wanted) continue;
  const { title, run } = await load();
  console.log(`\n=== ${area}: ${title}\n`);
  await run(args);
}
if (only === undefined && !all) {
  console.log(
    `\nMore, with a few packages from npm: --only ${Object.keys(MORE).join(", --only ")}`,
  );
}
