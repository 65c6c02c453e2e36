// Certificates for tests, valid until 2126; the authority's own key was thrown away.
import { fileURLToPath } from "node:url";

const read = (name: string) => Deno.readTextFileSync(new URL(`../certs/${name}`, import.meta.url));

/** The authority that signed `localhost`, `other` and `client`, and not `stranger`. */
export const ca: string = read("ca.pem");

/** Where a certificate or key is, for programs that want files. */
export const fileOf = (name: string): string =>
  fileURLToPath(new URL(`../certs/${name}`, import.meta.url));

export function pair(
  name: "localhost" | "other" | "client" | "stranger",
): { cert: string; key: string } {
  return { cert: read(`${name}.pem`), key: read(`${name}.key`) };
}
