/** How values become bytes. */

/** Turns values into bytes and back. An object with `encode` and `decode` functions is one, such as the namespace `msgpack`. */
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
