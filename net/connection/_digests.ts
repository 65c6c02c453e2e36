/**
 * Challenges and their answers, as `multiprocessing.connection` makes them. Pure; the wire is in `handshake.ts`.
 *
 * ```text
 *   challenge up to 3.11     20 random bytes              answer  HMAC-MD5, 16 bytes
 *   challenge from 3.12 on   "{sha256}" 40 random bytes   answer  "{sha256}" HMAC-SHA256
 * ```
 *
 * The code of the message covers the challenge with its prefix: nobody between the ends can choose a weaker digest. An old
 * CPython answers a new challenge with HMAC-MD5 over all of it, prefix included, and is known by the 16 bytes.
 */

/** Taken when it is needed: its import would cost every program more than all of `net`. */
function nodeCrypto(): typeof import("node:crypto") {
  return globalThis.process.getBuiltinModule("node:crypto");
}

/** The names on the wire, and those of node:crypto. */
const DIGESTS: ReadonlyMap<string, string> = new Map([
  ["md5", "md5"],
  ["sha256", "sha256"],
  ["sha384", "sha384"],
  ["sha3_256", "sha3-256"],
  ["sha3_384", "sha3-384"],
]);

const LEGACY_CHALLENGE = 20;
const MD5_LENGTH = 16;
const LONGEST_PREFIX = 10;
const RANDOM_BYTES = 40;

/** Why a challenge or an answer is not accepted. */
export class Refusal {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

const encoder = new TextEncoder();

/** A challenge of our own. */
export function makeChallenge(): Uint8Array {
  const prefix = encoder.encode("{sha256}");
  const challenge = new Uint8Array(prefix.length + RANDOM_BYTES);
  challenge.set(prefix);
  crypto.getRandomValues(challenge.subarray(prefix.length));
  return challenge;
}

/** The answer to somebody's challenge. */
export function answer(
  key: Uint8Array,
  challenge: Uint8Array,
  allowMd5: boolean,
): Uint8Array | Refusal {
  if (challenge.length < LEGACY_CHALLENGE) {
    return new Refusal(
      `a challenge has at least ${LEGACY_CHALLENGE} bytes, received ${challenge.length}`,
    );
  }
  const digest = challenge.length === LEGACY_CHALLENGE ? "" : prefixOf(challenge);
  if (digest === undefined) {
    return new Refusal("the challenge names no digest that is known, and is not one of MD5 either");
  }
  if ((digest === "" || digest === "md5") && !allowMd5) return new Refusal(NO_MD5);
  const code = mac(key, challenge, digest || "md5");
  if (digest === "") return code;
  const prefix = encoder.encode(`{${digest}}`);
  const reply = new Uint8Array(prefix.length + code.length);
  reply.set(prefix);
  reply.set(code, prefix.length);
  return reply;
}

/** Whether an answer to our challenge is right. */
export function verify(
  key: Uint8Array,
  challenge: Uint8Array,
  reply: Uint8Array,
  allowMd5: boolean,
): true | Refusal {
  const legacy = reply.length === MD5_LENGTH;
  const digest = legacy ? "md5" : prefixOf(reply);
  if (digest === undefined) return new Refusal("the answer names no digest that is known");
  if (digest === "md5" && !allowMd5) return new Refusal(NO_MD5);
  const received = legacy ? reply : reply.subarray(digest.length + 2);
  const expected = mac(key, challenge, digest);
  if (received.length !== expected.length) {
    return new Refusal(
      `a code of ${digest} has ${expected.length} bytes, received ${received.length}`,
    );
  }
  return nodeCrypto().timingSafeEqual(received, expected) ||
    new Refusal("the peer has another key");
}

const NO_MD5 = "the peer uses HMAC-MD5, as CPython does up to 3.11, and `allowMd5` is false";

function mac(key: Uint8Array, message: Uint8Array, digest: string): Uint8Array {
  return nodeCrypto().createHmac(DIGESTS.get(digest)!, key).update(message).digest();
}

/** The digest in braces at the beginning, if it is one of ours. */
function prefixOf(message: Uint8Array): string | undefined {
  if (message[0] !== 0x7b) return undefined;
  const end = message.subarray(0, LONGEST_PREFIX).indexOf(0x7d);
  const name = end < 0 ? "" : String.fromCharCode(...message.subarray(1, end));
  return DIGESTS.has(name) ? name : undefined;
}
