/** From the name of a codec to the codec. */
import { decode as decodeMsgpack, encode as encodeMsgpack } from "@std/msgpack";
import { builtins } from "../builtins.ts";
import type { Codec, CodecName, NamedCodec } from "./codec.ts";
import { pickleCodec } from "./pickle.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** What `JSON.stringify` leaves out without a word is an error here. */
function encodeJson(value: unknown): Uint8Array {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) {
    throw new TypeError(`Cannot encode a value of type ${typeof value} as JSON`);
  }
  return encoder.encode(text);
}

const NAMED: Record<CodecName, () => NamedCodec<unknown>> = {
  pickle: () => pickleCodec(),
  v8: () => ({
    codecName: "v8",
    encode: (value) => builtins().v8.serialize(value),
    decode: (bytes) => builtins().v8.deserialize(bytes),
  }),
  json: () => ({
    codecName: "json",
    encode: encodeJson,
    decode: (bytes) => JSON.parse(decoder.decode(bytes)),
  }),
  msgpack: () => ({
    codecName: "msgpack",
    // The library types its input narrowly and checks it: a function or a symbol is a TypeError.
    encode: (value) => encodeMsgpack(value as Parameters<typeof encodeMsgpack>[0]),
    decode: (bytes) => decodeMsgpack(bytes),
  }),
};

/**
 * The codec of a name, or the codec itself.
 *
 * @throws {TypeError} If it is neither.
 */
export function resolveCodec<V>(codec: CodecName | Codec<V> | undefined): NamedCodec<V> {
  if (codec === undefined) return NAMED.pickle() as NamedCodec<V>;
  if (typeof codec === "string") {
    if (Object.hasOwn(NAMED, codec)) return NAMED[codec]() as NamedCodec<V>;
    throw new TypeError(
      `Cannot use the codec "${codec}": it needs to be ${Object.keys(NAMED).join(", ")}, ` +
        "or an object with encode and decode",
    );
  }
  if (typeof codec?.encode !== "function" || typeof codec.decode !== "function") {
    throw new TypeError("Cannot use a codec without the functions encode and decode");
  }
  return codec;
}
