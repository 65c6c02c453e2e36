/**
 * Shelves as JSON Lines: an object for each entry.
 *
 * ```json
 * {"key":"assam","value":{"grams":250},"expires":1767225600000}
 * {"key":"when","pickle":"gAWVKg…"}
 * ```
 *
 * A value that JSON holds as it is stands there readably. Any other is in Base64, under the name of the codec that made its
 * bytes, or under `bytes` if the codec has no name. `expires` is in milliseconds since the epoch.
 */
import type { Stored, Write } from "./backend/backend.ts";
import { takePlace } from "./backend/take_place.ts";
import { resolveCodec } from "./codec/resolve.ts";
import type { CodecName } from "./codec/codec.ts";
import { ValueCodec } from "./entries.ts";
import { checkKey, sameBytes } from "./keys.ts";
import type { Page } from "./pages.ts";
import type { WriteGroups } from "./write_groups.ts";

/** Where an export goes: a path, or a stream. */
export type ExportTarget = string | URL | WritableStream<Uint8Array<ArrayBuffer>>;

/** Where an import comes from: a path, or a stream. */
export type ImportSource = string | URL | ReadableStream<Uint8Array<ArrayBuffer>>;

const CODECS: readonly CodecName[] = ["pickle", "v8", "json", "msgpack"];

/** Writes entries; how many there were. */
export async function exportLines<V>(
  target: ExportTarget,
  entries: AsyncIterable<Page>,
  codec: ValueCodec<V>,
): Promise<number> {
  if (target instanceof WritableStream) return await writeLines(target, entries, codec);
  const partial = target instanceof URL ? new URL(`${target.href}.partial`) : `${target}.partial`;
  const file = await Deno.open(partial, { write: true, create: true, truncate: true });
  try {
    const count = await writeLines(file.writable, entries, codec);
    takePlace("export the shelf to", partial, target);
    return count;
  } catch (error) {
    await Deno.remove(partial).catch(() => {});
    throw error;
  }
}

async function writeLines<V>(
  stream: WritableStream<Uint8Array<ArrayBuffer>>,
  entries: AsyncIterable<Page>,
  codec: ValueCodec<V>,
): Promise<number> {
  const lines = new TransformStream<string, string>(undefined, { highWaterMark: 64 });
  const writing = lines.readable.pipeThrough(new TextEncoderStream()).pipeTo(stream);
  const writer = lines.writable.getWriter();
  const failed = writing.catch(() => {});
  let count = 0;
  try {
    for await (const page of entries) {
      for (const { key, stored } of page) {
        if (stored.expires <= Date.now()) continue;
        await writer.write(JSON.stringify(await lineOf(key, stored, codec)) + "\n");
        count++;
      }
    }
    await writer.close();
  } catch (error) {
    await writer.abort(error).catch(() => {});
    await failed;
    throw error;
  }
  await writing;
  return count;
}

async function lineOf<V>(
  key: string,
  stored: Stored,
  codec: ValueCodec<V>,
): Promise<Record<string, unknown>> {
  const value = await codec.decode(key, stored);
  const expires = stored.expires === Infinity ? {} : { expires: stored.expires };
  if (isJson(value)) {
    // Python's 1.0 and 1 are the same number here: such a value is readable only if its bytes are those we would write.
    const again = await codec.encode(key, value, Infinity);
    if (sameBytes(again.bytes!, stored.bytes)) return { key, value, ...expires };
  }
  const name = codec.codec.codecName ?? "bytes";
  return { key, [name]: stored.bytes.toBase64(), ...expires };
}

/** Whether JSON gives back the same value. */
function isJson(value: unknown, depth = 0): boolean {
  if (value === null || typeof value === "boolean") return true;
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value === "number") return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== "object" || depth > 100) return false;
  if (Object.getOwnPropertySymbols(value).length > 0) return false;
  if (Array.isArray(value)) {
    return Object.keys(value).length === value.length &&
      value.every((item) => isJson(item, depth + 1));
  }
  return Object.getPrototypeOf(value) === Object.prototype &&
    !Object.hasOwn(value, "__proto__") && !("toJSON" in value) &&
    Object.values(value).every((item) => isJson(item, depth + 1));
}

/** Reads entries and writes them in groups; how many there were. */
export async function importLines<V>(
  source: ImportSource,
  codec: ValueCodec<V>,
  groups: WriteGroups,
): Promise<number> {
  const isPath = typeof source === "string" && source !== "" || source instanceof URL;
  if (!isPath && !(source instanceof ReadableStream)) {
    throw new TypeError(
      `Cannot import from ${
        source === "" ? '""' : `a ${typeof source}`
      }: it needs to be a path or a stream`,
    );
  }
  const stream = source instanceof ReadableStream ? source : (await Deno.open(source)).readable;
  let count = 0;
  let number = 0;
  try {
    for await (const line of linesOf(stream)) {
      number++;
      if (line.trim() === "") continue;
      await groups.add(await readLine(line, number, codec));
      count++;
    }
    await groups.end();
  } finally {
    await groups.settle();
  }
  return count;
}

async function* linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  const parts: string[] = [];
  const decoder = new TextDecoder("utf-8", { fatal: true });
  for await (const bytes of stream) {
    const chunk = decoded(decoder, bytes);
    let start = 0;
    for (let end = chunk.indexOf("\n"); end >= 0; end = chunk.indexOf("\n", start)) {
      parts.push(chunk.slice(start, end));
      start = end + 1;
      yield parts.splice(0).join("");
    }
    if (start < chunk.length) parts.push(chunk.slice(start));
  }
  parts.push(decoded(decoder));
  yield parts.join("");
}

/** The text of a part; of the end, without one. */
function decoded(decoder: TextDecoder, bytes?: Uint8Array): string {
  if (bytes !== undefined && !(bytes instanceof Uint8Array)) {
    throw new TypeError(`Cannot import from a stream of type ${typeof bytes}: it needs Uint8Array`);
  }
  try {
    return decoder.decode(bytes, { stream: bytes !== undefined });
  } catch (cause) {
    throw new SyntaxError("Cannot import what is no UTF-8, or is cut off in a character", {
      cause,
    });
  }
}

async function readLine<V>(line: string, number: number, codec: ValueCodec<V>): Promise<Write> {
  const fail = (reason: string, cause?: unknown) =>
    new SyntaxError(`Cannot import line ${number}: ${reason}`, { cause });
  let entry: Record<string, unknown>;
  try {
    entry = JSON.parse(line);
  } catch (cause) {
    throw fail(cause instanceof Error ? cause.message : String(cause), cause);
  }
  if (typeof entry !== "object" || entry === null || typeof entry.key !== "string") {
    throw fail('it needs to be an object with a "key"');
  }
  const { key, expires = Infinity } = entry;
  if (typeof expires !== "number") throw fail('"expires" needs to be a number');
  if (Object.hasOwn(entry, "value")) return await codec.encode(key, entry.value as V, expires);
  const name = [...CODECS, "bytes"].find((name) => typeof entry[name] === "string");
  if (name === undefined) throw fail('it needs a "value", or bytes under the name of a codec');
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = Uint8Array.fromBase64(entry[name] as string);
  } catch (cause) {
    throw fail(`"${name}" needs to be Base64`, cause);
  }
  const theirs = name === "bytes" ? codec : new ValueCodec<V>(resolveCodec<V>(name as CodecName));
  if (theirs === codec || name === codec.codec.codecName) {
    return { key: checkKey(key), bytes, expires };
  }
  const value = await theirs.decode(key, { bytes, token: undefined, expires });
  return await codec.encode(key, value, expires);
}
