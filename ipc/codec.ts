/**
 * Values to bytes and back, with what structured clone keeps and JSON loses: `Map`, `Set`, `Date`, `RegExp`,
 * `bigint`, `undefined`, `-0`, typed arrays, errors with their causes, shared references and cycles, sparse arrays,
 * `URL`, and instances of registered classes. Pipes and queues use the same codec in place in shared memory.
 *
 * | to | use |
 * |---|---|
 * | make bytes of a value | {@linkcode encode} |
 * | make the value again | {@linkcode decode} |
 * | send instances of a class | `registerClass` of `@ferry/std/ipc/register-class` |
 *
 * @example Round trip
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { decode, encode } from "@ferry/std/ipc/codec";
 *
 * const job: Record<string, unknown> = { id: 7n, tags: new Set(["a"]), at: new Date(0) };
 * job.self = job;
 * const copy = decode(encode(job)) as typeof job;
 * assertEquals(copy.tags, new Set(["a"]));
 * assertEquals(copy.self, copy);
 * ```
 *
 * @module
 */
import { Decoder } from "./_decoder.ts";
import { Encoder } from "./_encoder.ts";

const encoder = new Encoder();
const decoder = new Decoder();

/**
 * Encodes a value into bytes of its own.
 *
 * @param value The value.
 * @returns The bytes.
 * @throws {UnsendableError} When a part cannot be sent.
 *
 * @example Keep the sharing
 * ```ts
 * import { assert } from "@std/assert";
 * import { decode, encode } from "@ferry/std/ipc/codec";
 *
 * const row = { id: 1 };
 * const [a, b] = decode(encode([row, row])) as unknown[];
 * assert(a === b);
 * ```
 */
export function encode(value: unknown): Uint8Array<ArrayBuffer> {
  return encoder.encode(value).slice();
}

/**
 * Decodes bytes made by {@linkcode encode}. The bytes may come from anywhere: what is not a message is refused.
 *
 * @param bytes One whole message.
 * @returns The value.
 * @throws {Deno.errors.InvalidData} When the bytes are not one whole message.
 *
 * @example Refuse half a message
 * ```ts
 * import { assertThrows } from "@std/assert";
 * import { decode, encode } from "@ferry/std/ipc/codec";
 *
 * const bytes = encode({ id: 1, name: "Ferry" });
 * assertThrows(() => decode(bytes.subarray(0, 9)), Deno.errors.InvalidData);
 * ```
 */
export function decode(bytes: Uint8Array): unknown {
  return decoder.decode(bytes);
}
