/**
 * The bytes around a dump's text.
 *
 * ```
 *  0  8  magic: 89 44 49 4C 4C 0D 0A 1A ("\x89DILL\r\n\x1a": text conversions damage it)
 *  8  1  version, 1
 *  9  1  flags: bit 0 signed
 * 10  6  zero
 * 16  8  bytes of text
 * 24  8  bytes of the whole dump
 * 32     text: JSON in UTF-8
 *        buffers, one behind the other
 * -32    SHA-256 of all before it, or HMAC-SHA-256 if it is signed
 * ```
 *
 * Numbers are little-endian. The digest tells damage from malice only with a key.
 */
import { LoadError, SignatureError } from "../errors.ts";
import type { DillKey } from "../options.ts";

/** The version written, and the only one read. */
export const VERSION = 1;

const MAGIC = [0x89, 0x44, 0x49, 0x4c, 0x4c, 0x0d, 0x0a, 0x1a];
/** Bytes before the text. */
export const HEADER = 32;
const DIGEST = 32;
const SIGNED = 1;

/** A dump's parts, as views of its bytes. */
export interface Container {
  readonly signed: boolean;
  readonly text: Uint8Array<ArrayBuffer>;
  /** All buffers. */
  readonly data: Uint8Array<ArrayBuffer>;
  readonly covered: Uint8Array<ArrayBuffer>;
  readonly digest: Uint8Array<ArrayBuffer>;
}

/** Puts a dump together and signs it, if there is a key. */
export async function pack(
  text: string,
  buffers: readonly Uint8Array[],
  key: DillKey | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  const encoded = new TextEncoder().encode(text);
  const data = buffers.reduce((sum, { length }) => sum + length, 0);
  const bytes = new Uint8Array(HEADER + encoded.length + data + DIGEST);
  const view = new DataView(bytes.buffer);
  bytes.set(MAGIC);
  bytes[8] = VERSION;
  bytes[9] = key === undefined ? 0 : SIGNED;
  view.setBigUint64(16, BigInt(encoded.length), true);
  view.setBigUint64(24, BigInt(bytes.length), true);
  bytes.set(encoded, HEADER);
  let at = HEADER + encoded.length;
  for (const buffer of buffers) {
    bytes.set(buffer, at);
    at += buffer.length;
  }
  const covered = bytes.subarray(0, at);
  const digest = key === undefined
    ? await crypto.subtle.digest("SHA-256", covered)
    : await crypto.subtle.sign("HMAC", await importKey(key, "sign"), covered);
  bytes.set(new Uint8Array(digest), at);
  return bytes;
}

/**
 * Length of the dump that starts with a header.
 *
 * @throws {LoadError} If it is none of a dump.
 */
export function lengthOf(header: Uint8Array): number {
  if (header.length < HEADER || MAGIC.some((byte, i) => header[i] !== byte)) {
    const cut = header.length < HEADER && MAGIC.slice(0, header.length)
      .every((byte, i) => header[i] === byte);
    throw new LoadError(
      cut
        ? `Cannot load the dump: it is cut off after ${header.length} bytes`
        : "Cannot load the dump: the bytes do not begin as a dump does",
    );
  }
  if (header[8] !== VERSION) {
    throw new LoadError(
      `Cannot load the dump: it has version ${header[8]}, version ${VERSION} is needed`,
    );
  }
  const view = new DataView(header.buffer, header.byteOffset);
  const text = Number(view.getBigUint64(16, true));
  const total = Number(view.getBigUint64(24, true));
  if (header[9]! > SIGNED || header.subarray(10, 16).some((byte) => byte !== 0)) {
    throw new LoadError("Cannot load the dump: its header is damaged");
  }
  if (!Number.isSafeInteger(total) || HEADER + text + DIGEST > total) {
    throw new LoadError("Cannot load the dump: the lengths in its header are not possible");
  }
  return total;
}

/**
 * Takes a dump apart, without a look at its content.
 *
 * @throws {TypeError} If it is no `Uint8Array`.
 * @throws {LoadError} If it is none, cut off, or too long.
 */
export function unpack(bytes: Uint8Array, maxBytes: number): Container {
  if (!(bytes instanceof Uint8Array)) {
    throw new TypeError(
      `Cannot load a dump from ${
        bytes === null ? "null" : `a ${typeof bytes}`
      }: it needs to be a Uint8Array`,
    );
  }
  const total = lengthOf(bytes);
  if (total > maxBytes) {
    throw new LoadError(`Cannot load the dump: it has ${total} bytes, maxBytes is ${maxBytes}`);
  }
  if (bytes.length < total) {
    throw new LoadError(
      `Cannot load the dump: it has ${total} bytes, but is cut off after ${bytes.length}`,
    );
  }
  if (bytes.length > total) {
    throw new LoadError(
      `Cannot load the dump: it has ${total} bytes, and ${bytes.length - total} more follow`,
    );
  }
  // Shared memory cannot be digested, and could change meanwhile.
  const own = bytes.buffer instanceof ArrayBuffer
    ? bytes as Uint8Array<ArrayBuffer>
    : new Uint8Array(bytes);
  const text = Number(new DataView(own.buffer, own.byteOffset).getBigUint64(16, true));
  return {
    signed: own[9] === SIGNED,
    text: own.subarray(HEADER, HEADER + text),
    data: own.subarray(HEADER + text, total - DIGEST),
    covered: own.subarray(0, total - DIGEST),
    digest: own.subarray(total - DIGEST),
  };
}

/**
 * Checks the digest: with a key that it was made with it, without one that nothing is damaged.
 *
 * @throws {SignatureError} If it is not signed with the key.
 * @throws {LoadError} If it is damaged.
 */
export async function verify(
  { signed, covered, digest }: Container,
  key: DillKey | undefined,
): Promise<void> {
  if (key !== undefined) {
    if (!signed) throw new SignatureError("Cannot load the dump: it is not signed, a key is given");
    const hmac = await importKey(key, "verify");
    if (!await crypto.subtle.verify("HMAC", hmac, digest, covered)) {
      throw new SignatureError("Cannot load the dump: it is not signed with this key, or damaged");
    }
  } else if (!signed) {
    const expected = new Uint8Array(await crypto.subtle.digest("SHA-256", covered));
    if (expected.some((byte, i) => byte !== digest[i])) {
      throw new LoadError("Cannot load the dump: it is damaged, its digest does not fit");
    }
  }
}

async function importKey(key: DillKey, usage: "sign" | "verify"): Promise<CryptoKey> {
  if (key instanceof CryptoKey) return key;
  if (typeof key !== "string" && !(key instanceof Uint8Array)) {
    throw new TypeError(
      `Cannot sign or verify a dump: the key needs to be a string, Uint8Array or CryptoKey, received ${
        key === null ? "null" : `a ${typeof key}`
      }`,
    );
  }
  const bytes = typeof key === "string" ? new TextEncoder().encode(key) : new Uint8Array(key);
  if (bytes.length === 0) throw new RangeError("Cannot sign or verify a dump: the key is empty");
  return await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, [
    usage,
  ]);
}
