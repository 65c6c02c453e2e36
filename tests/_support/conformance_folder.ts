/** Where the public test suites are: they are not part of the repository. */
import { fileURLToPath } from "node:url";

/** Where `tests/conformance/fetch.ts` puts them. */
export const FETCHED: string = fileURLToPath(new URL("../conformance/data", import.meta.url));

const SHARED = fileURLToPath(new URL("../../../shared/conformance", import.meta.url));

/** `$FERRY_CONFORMANCE`, a folder beside the clone, or what was fetched; undefined where there is none of them. */
export function conformanceFolder(): string | undefined {
  const named = Deno.env.get("FERRY_CONFORMANCE");
  if (named) return named;
  return [SHARED, FETCHED].find((folder) => {
    try {
      return Deno.statSync(folder).isDirectory;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  });
}
