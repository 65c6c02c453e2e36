/** A document, or where it comes from: bytes or text at once, pieces of them, a stream, or the URL of a file. */
export type XmlSource =
  | Uint8Array
  | string
  | URL
  | Iterable<Uint8Array | string>
  | AsyncIterable<Uint8Array | string>;

async function* file(url: URL): AsyncGenerator<Uint8Array, undefined> {
  const file = await Deno.open(url);
  yield* file.readable;
}

/** The pieces of a source. */
export function piecesOf(
  source: XmlSource,
): Iterable<Uint8Array | string> | AsyncIterable<Uint8Array | string> {
  if (typeof source === "string" || source instanceof Uint8Array) return [source];
  return source instanceof URL ? file(source) : source;
}
