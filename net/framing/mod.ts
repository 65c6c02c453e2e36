/**
 * Messages in a stream of bytes. The framings do no reading and no waiting themselves, and never allocate for a length that
 * was only announced.
 *
 * | messages are | use |
 * |---|---|
 * | preceded by a length of 1, 2, 3, 4 or 8 bytes | {@linkcode LengthPrefixed} |
 * | preceded by a varint (protobuf, libp2p) | {@linkcode VarintPrefixed} |
 * | followed by a separator | {@linkcode Delimited} |
 * | something else | your own {@linkcode Framing} |
 *
 * {@linkcode FramedConnection} sends and receives them.
 *
 * @module
 */

export * from "./delimited.ts";
export * from "./framed_connection.ts";
export * from "./length_prefixed.ts";
export * from "./varint_prefixed.ts";
export type { Framing, Span } from "../streams/mod.ts";
