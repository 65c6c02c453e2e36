/**
 * Fetches the public test suites by git, each at a pinned commit, and makes the pickles of CPython 3.13.
 *
 * `deno run -A tests/conformance/fetch.ts [folder]`. Without a folder nothing is fetched where the suites are there already;
 * `FERRY_CONFORMANCE_GIT` is put before owner and name of each repository in the place of `https://github.com/`. Ends with 1 if
 * a suite is not there in the end.
 */
import { join } from "node:path";
import { conformanceFolder, FETCHED } from "../_support/conformance_folder.ts";
import { checkout } from "./checkout.ts";
import { type Source, SOURCES } from "./sources.ts";

const GIT = Deno.env.get("FERRY_CONFORMANCE_GIT") ?? "https://github.com/";

async function sha256(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/** Makes the cases of one suite of a checkout. */
async function makeCases(source: Source, files: string, folder: string): Promise<void> {
  const { suite, repository, commit, licence } = source;
  const cases = source.cases(files);
  if (cases.length === 0) throw new TypeError(`Cannot make ${suite}: needs cases, received none`);
  const text = JSON.stringify(
    { suite, source: `${repository} ${commit}`, licence, cases },
    null,
    1,
  );
  const digest = await sha256(text);
  if (source.digest !== undefined && source.digest !== digest) {
    throw new TypeError(
      `Cannot use ${suite}: its cases need the SHA-256 ${source.digest}, received ${digest}`,
    );
  }
  await Deno.mkdir(join(folder, suite), { recursive: true });
  await Deno.writeTextFile(join(folder, suite, "cases.json"), text);
  console.log(`${suite}: ${cases.length} cases, SHA-256 ${digest}`);
}

/** Makes the pickles, by the first CPython of that version. */
async function makePickles(folder: string): Promise<void> {
  const named = Deno.env.get("FERRY_PYTHONS")?.split(":") ?? [];
  const args = [join(import.meta.dirname!, "pickle_vectors.py")];
  const said: string[] = [];
  for (const python of [...named, "python3.13", "python3", "python"]) {
    try {
      const { success, stdout, stderr } = await new Deno.Command(python, { args }).output();
      if (success) {
        await Deno.mkdir(join(folder, "pickle"), { recursive: true });
        await Deno.writeFile(join(folder, "pickle/vectors.json"), stdout);
        console.log(`pickle: made by ${python}`);
        return;
      }
      said.push(`${python}: ${new TextDecoder().decode(stderr).trim()}`);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  throw new Deno.errors.NotFound(
    `Cannot make the pickles: needs CPython 3.13, received ${said.join("; ") || "no Python"}`,
  );
}

/** Does something, or says why not. */
async function attempt(what: string, run: () => Promise<void>): Promise<boolean> {
  try {
    await run();
    return true;
  } catch (error) {
    console.error(`${what}: ${error instanceof Error ? error.message : error}`);
    return false;
  }
}

/**
 * Fetches suites, and says what could not be had.
 *
 * @param folder Where they go.
 * @param sources The suites.
 * @param base What stands before owner and name of a repository.
 * @returns Whether all could.
 */
export async function fetchAll(
  folder: string,
  sources: readonly Source[],
  base: string,
): Promise<boolean> {
  const work = await Deno.makeTempDir({ prefix: "ferry-suites-" });
  const checkouts = new Map<string, Promise<string>>();
  let complete = true;
  try {
    for (const source of sources) {
      const done = await attempt(source.suite, async () => {
        const { repository, commit } = source;
        const files = checkouts.getOrInsertComputed(`${repository} ${commit}`, async () => {
          const place = join(work, `${checkouts.size}`);
          await checkout(`${base}${repository}`, commit, place);
          return place;
        });
        await makeCases(source, await files, folder);
      });
      complete &&= done;
    }
  } finally {
    await Deno.remove(work, { recursive: true });
  }
  return complete;
}

if (import.meta.main) {
  const there = Deno.args[0] === undefined ? conformanceFolder() : undefined;
  if (there !== undefined && there !== FETCHED) console.log(`The suites are in ${there}`);
  else {
    const folder = Deno.args[0] ?? FETCHED;
    const fetched = await fetchAll(folder, SOURCES, GIT);
    const made = await attempt("pickle", () => makePickles(folder));
    if (!fetched || !made) Deno.exit(1);
  }
}
