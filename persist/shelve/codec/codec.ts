/** How values become bytes. */

/**
 * Turns values into bytes and back. An object with `encode` and `decode` functions is one, such as the namespace `msgpack` of
 * `formats`.
 *
 * @typeParam V The values.
 *
 * @example Values that are encrypted with AES-GCM
 * ```ts
 * import { type Codec, open, pickleCodec } from "@ferry/std/persist/shelve";
 * import { assertEquals } from "@std/assert";
 *
 * function encrypted<V>(key: CryptoKey, inner: Codec<V> = pickleCodec<V>()): Codec<V> {
 *   return {
 *     async encode(value) {
 *       const iv = crypto.getRandomValues(new Uint8Array(12));
 *       const plain = new Uint8Array(await inner.encode(value));
 *       const secret = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, plain);
 *       const bytes = new Uint8Array(12 + secret.byteLength);
 *       bytes.set(iv);
 *       bytes.set(new Uint8Array(secret), 12);
 *       return bytes;
 *     },
 *     async decode(bytes) {
 *       const algorithm = { name: "AES-GCM", iv: bytes.subarray(0, 12) };
 *       const plain = await crypto.subtle.decrypt(algorithm, key, bytes.subarray(12));
 *       return await inner.decode(new Uint8Array(plain));
 *     },
 *   };
 * }
 *
 * const algorithm = { name: "AES-GCM", length: 256 };
 * const key = await crypto.subtle.generateKey(algorithm, false, ["encrypt", "decrypt"]);
 * await using shelf = await open<string>(":memory:", { codec: encrypted(key) });
 * await shelf.set("secret", "the tea is in the blue tin");
 * assertEquals(await shelf.get("secret"), "the tea is in the blue tin");
 * ```
 */
export interface Codec<V = unknown> {
  /** Makes the bytes of a value. */
  encode(value: V): Uint8Array | Promise<Uint8Array>;
  /** Makes a value of bytes. The bytes are the codec's own to keep. */
  decode(bytes: Uint8Array<ArrayBuffer>): V | Promise<V>;
}

/** The codecs that have names. */
export type CodecName = "pickle" | "v8" | "json" | "msgpack";

/** A codec as it was chosen. */
export interface NamedCodec<V> extends Codec<V> {
  /** Its name, if it has one: what another shelf needs to read the bytes. */
  readonly codecName?: CodecName;
}
