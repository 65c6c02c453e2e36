/**
 * Verifying a client's certificate. The runtime checks that the client has the key; that an authority of ours signed the
 * certificate is left to us.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import type { KeyPair, PeerCertificate } from "./options.ts";

/** The OIDs of "extended key usage" and of "client authentication" in DER. */
const EXTENDED_KEY_USAGE = [0x06, 0x03, 0x55, 0x1d, 0x25];
const CLIENT_AUTH = [0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x02];
const MOST_STEPS = 8;

/** The certificates in one or more PEM texts. */
export function parseCertificates(pem: string | readonly string[]): X509Certificate[] {
  const texts = typeof pem === "string" ? [pem] : pem;
  const blocks = texts.flatMap((text) =>
    text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? []
  );
  if (blocks.length > 0) return blocks.map((block) => new X509Certificate(block));
  throw new TypeError("Cannot use ca: certificates in PEM needed, received none");
}

/**
 * Why a certificate is not to be trusted; `undefined` if it is: each step up to an authority is signed by it, valid today,
 * and may sign.
 */
export function distrust(
  leaf: X509Certificate,
  authorities: readonly X509Certificate[],
  now: Date = new Date(),
): string | undefined {
  if (!mayAuthenticateClients(leaf.raw)) {
    return "the certificate is not meant for clients";
  }
  let current = leaf;
  for (let step = 0; step < MOST_STEPS; step++) {
    if (now < new Date(current.validFrom) || now > new Date(current.validTo)) {
      return `the certificate of ${current.subject} is valid from ${current.validFrom} to ${current.validTo}`;
    }
    const subject = current;
    // One that we trust ends the chain, also if it is no root.
    if (authorities.some((each) => each.fingerprint256 === subject.fingerprint256)) {
      return undefined;
    }
    const issuer = authorities.find((each) =>
      each.ca && subject.checkIssued(each) && subject.verify(each.publicKey)
    );
    if (!issuer) break;
    current = issuer;
  }
  return `no authority in ca has signed the certificate of ${leaf.subject}`;
}

/** A certificate without "extended key usage" may be used for anything. */
function mayAuthenticateClients(der: Uint8Array): boolean {
  const at = find(der, EXTENDED_KEY_USAGE, 0, der.length);
  if (at < 0) return true;
  // Behind the OID: an optional "critical", then the octet string with the list; its length is in one byte, or in two.
  let next = at + EXTENDED_KEY_USAGE.length;
  if (der[next] === 0x01) next += 3;
  const length = der[next + 1] === 0x81 ? der[next + 2]! : der[next + 1]!;
  return find(der, CLIENT_AUTH, next, Math.min(der.length, next + 3 + length)) >= 0;
}

function find(bytes: Uint8Array, what: readonly number[], from: number, to: number): number {
  for (let at = from; at + what.length <= to; at++) {
    if (what.every((byte, i) => bytes[at + i] === byte)) return at;
  }
  return -1;
}

/** Whether a server can use a certificate and its key. */
export function checkKeyPair({ cert, key }: KeyPair): void {
  let certificate: X509Certificate;
  let own: KeyObject;
  try {
    certificate = new X509Certificate(cert);
  } catch (cause) {
    throw new TypeError("Cannot serve TLS: a certificate as PEM is needed in `cert`", { cause });
  }
  try {
    own = createPrivateKey(key);
  } catch (cause) {
    throw new TypeError("Cannot serve TLS: a private key as PEM is needed in `key`", { cause });
  }
  if (certificate.checkPrivateKey(own)) return;
  throw new TypeError(
    `Cannot serve TLS: \`key\` is not the key of the certificate of ${certificate.subject}`,
  );
}

/** What users see of a certificate. */
export function describeCertificate(certificate: X509Certificate): PeerCertificate {
  return {
    subject: certificate.subject,
    issuer: certificate.issuer,
    altNames: certificate.subjectAltName ?? "",
    validFrom: new Date(certificate.validFrom),
    validTo: new Date(certificate.validTo),
    fingerprint256: certificate.fingerprint256,
    raw: new Uint8Array(certificate.raw),
  };
}
