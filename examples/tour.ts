/**
 * A tour of the package, one chapter for each area.
 *
 * ```sh
 * deno task tour                    # all chapters
 * deno task tour --only net         # one of them
 * deno task tour --only ipc FILE    # counts the words of a text of yours
 * ```
 */

/** A chapter: `run` is given the arguments that are no options, and throws if something is not as it says. */
interface Chapter {
  title: string;
  run(args: string[]): Promise<void>;
}

/** By area, in their order. A chapter is loaded when it is its turn. */
const CHAPTERS: Record<string, () => Promise<Chapter>> = {
  ipc: () => import("./tour/ipc.ts"),
  net: () => import("./tour/net.ts"),
  persist: () => import("./tour/persist.ts"),
  formats: () => import("./tour/formats.ts"),
  markup: () => import("./tour/markup.ts"),
};

const args = [...Deno.args];
const at = args.indexOf("--only");
const only = at < 0 ? undefined : args.splice(at, 2)[1];
if (at >= 0 && (only === undefined || !Object.hasOwn(CHAPTERS, only))) {
  console.error(`--only needs one of: ${Object.keys(CHAPTERS).join(", ")}`);
  Deno.exit(2);
}
for (const [area, load] of Object.entries(CHAPTERS)) {
  if (only !== undefined && area !== only) continue;
  const { title, run } = await load();
  console.log(`\n=== ${area}: ${title}\n`);
  await run(args);
}
