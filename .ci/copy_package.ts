import { ROOT } from "./entries.ts";

/** What is not part of the package. */
const OUTSIDE = /^(\.git|\.github|coverage|node_modules)$/;

/** How to copy. */
export interface CopyOptions {
  /** Keep `links` in the configuration. */
  links: boolean;
  /** Copy tests and tools too. */
  everything: boolean;
}

/** Copies the package to a new temporary folder. Returns its path. */
export async function copyPackage(options: CopyOptions): Promise<string> {
  const target = await Deno.makeTempDir({ prefix: "ferry-" });
  await copyInto(
    ROOT,
    target,
    (name) => !OUTSIDE.test(name) && (options.links || name !== "links"),
  );
  const file = `${target}/deno.json`;
  const config = JSON.parse(await Deno.readTextFile(file));
  if (!options.links) delete config.links;
  if (!options.everything) delete config.lint;
  await Deno.writeTextFile(file, JSON.stringify(config, null, 2));
  if (!options.links) await Deno.remove(`${target}/deno.lock`).catch(() => {});
  return target;
}

/** Copies a folder's files that a test of their names accepts; the test is made at the top level only. */
export async function copyInto(
  from: string,
  to: string,
  accept: (name: string) => boolean = () => true,
): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const entry of Deno.readDir(from)) {
    if (!accept(entry.name)) continue;
    const source = `${from}/${entry.name}`;
    if (entry.isDirectory) await copyInto(source, `${to}/${entry.name}`);
    else if (entry.isFile) await Deno.copyFile(source, `${to}/${entry.name}`);
  }
}
