// Finds the public test suites, which are not part of the repository.

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

/** The seed of a random test: `FERRY_SEED` to replay one, else a new one; printed either way. */
export function testSeed(name: string): number {
  const given = Deno.env.get("FERRY_SEED");
  const seed = given === undefined ? Date.now() % 1_000_000_007 : Number(given);
  console.log(`${name}: FERRY_SEED=${seed}`);
  return seed;
}
import { fileURLToPath } from "node:url";
