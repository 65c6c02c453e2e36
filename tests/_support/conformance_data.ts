// Finds the public test suites, which are not part of the repository.
import { fileURLToPath } from "node:url";

const folder = Deno.env.get("FERRY_CONFORMANCE") ??
  fileURLToPath(new URL("../../../shared/conformance", import.meta.url));

/** The cases of a suite, or undefined (said on the console) where the data is absent. */
export function conformanceCases<T>(suite: string): T[] | undefined {
  try {
    return JSON.parse(Deno.readTextFileSync(`${folder}/${suite}/cases.json`)).cases;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.warn(`skipped: no ${suite} in ${folder} (set FERRY_CONFORMANCE)`);
    return undefined;
  }
}
