import { EncodedMessage } from "../message/encoded_message.ts";
import { MAX_ITEM } from "./_layout.ts";

/**
 * Encodes an item aside.
 *
 * @param copy Whether it must last. If not, it is valid until the next one is encoded.
 */
export function encodeItem(value: unknown, copy: boolean): EncodedMessage {
  const encoded = EncodedMessage.of(value, copy);
  const { length } = encoded.bytes;
  if (length <= MAX_ITEM) return encoded;
  encoded.references?.stay();
  throw new RangeError(
    `Cannot put: the item takes ${length} bytes, at most ${MAX_ITEM} are possible`,
  );
}
