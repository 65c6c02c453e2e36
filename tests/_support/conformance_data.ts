// Finds the public test suites, which are not part of the repository.
import { conformanceFolder } from "./conformance_folder.ts";

const folder = conformanceFolder();

/** The cases of a suite, or undefined (said on the console) where the data is absent. */
export function conformanceCases<T>(suite: string): T[] | undefined {
  if (folder === undefined) {
    console.warn(`skipped: no ${suite} (deno run -A tests/conformance/fetch.ts)`);
    return undefined;
  }
  try {
    return JSON.parse(Deno.readTextFileSync(`${folder}/${suite}/cases.json`)).cases;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.warn(`skipped: no ${suite} in ${folder} (deno run -A tests/conformance/fetch.ts)`);
    return undefined;
  }
}
