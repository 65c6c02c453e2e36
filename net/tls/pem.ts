/**
 * Checks of certificates and keys of clients.
 *
 * @module
 */
import { shown } from "../../persist/options.ts";
import type { TlsClientOptions } from "./options.ts";

/**
 * Checks that what a client is given as PEM is that, and not the name of a file: Deno's engine leaves out what it does not
 * understand, and the handshake would fail later, or not at all.
 *
 * @param attempt What fails if it is not.
 * @param tls What was given.
 * @throws {TypeError} If it is no PEM, or a certificate has no key or a key no certificate.
 */
export function checkPems(attempt: string, { ca = [], cert, key }: TlsClientOptions): void {
  const texts = { ca, cert: cert ?? [], key: key ?? [] };
  for (const [name, given] of Object.entries(texts)) {
    const what = name === "key" ? "PRIVATE KEY" : "CERTIFICATE";
    const pem = new RegExp(`-----BEGIN [A-Z0-9 ]*${what}-----`);
    for (const text of [given].flat()) {
      if (typeof text === "string" && pem.test(text)) continue;
      // A text that was to be a key may be a secret all the same.
      const received = name === "key" && typeof text === "string" ? "another text" : shown(text);
      throw new TypeError(
        `${attempt}: ${name} must be PEM, "-----BEGIN ${what}-----" and so on, received ${received}`,
      );
    }
  }
  if ((cert === undefined) === (key === undefined)) return;
  throw new TypeError(
    `${attempt}: cert and key are needed together, received ${key === undefined ? "cert" : "key"}`,
  );
}
