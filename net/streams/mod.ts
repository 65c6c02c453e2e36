/**
 * Streams of bytes on connections, in the manner of Python's asyncio.
 *
 * | asyncio | here |
 * |---|---|
 * | `await open_connection(host, port)` | `await openConnection({ hostname, port })` |
 * | `await open_unix_connection(path)` | `await openConnection({ path })` |
 * | `await reader.read(n)` | `await reader.read(n)`; `null` at the end |
 * | `await reader.read()` | `await reader.readAll()` |
 * | `await reader.readexactly(n)` | `await reader.readExactly(n)` |
 * | `await reader.readuntil(sep)` | `await reader.readUntil(sep)` |
 * | `await reader.readline()` | `await reader.readLine()`, without the end of the line; `null` at the end |
 * | `async for line in reader` | `for await (const line of reader.lines())`, as text |
 * | `writer.write(data); await writer.drain()` | the same |
 * | `writer.write_eof()`, `writer.close(); await writer.wait_closed()` | `await writer.writeEof()`, `await connection.close()` |
 * | `await writer.start_tls(context)` | `await writer.startTls(options)` |
 * | `writer.get_extra_info("peername")`, `"sockname"`, `"ssl_object"` | `connection.remoteAddress`, `localAddress`, `tls` |
 * | `asyncio.timeout(2)` around a call | `{ timeout: 2000 }`, or `readTimeout` for all calls |
 *
 * ## How fast
 *
 * | what for | take |
 * |---|---|
 * | lines of text | `lines()`: all that have arrived are decoded at once |
 * | many small messages | `tryReadLine()`, `tryReadFrame()` until there is none, then `await` one |
 * | much data | `readInto(buffer)`, or `read()` and then `release(view)`: no memory is allocated. Views that are not released stay valid, and so each 128 KiB need new memory |
 * | many small writes | `write()` as often as you like, one `drain()` now and then |
 *
 * @example Lines and counts
 * ```ts
 * import { StreamReader } from "@ferry/std/net/streams";
 * import { assertEquals } from "@std/assert";
 *
 * const reader = StreamReader.from(new TextEncoder().encode("length 5\nferry"));
 * const head = new TextDecoder().decode((await reader.readLine())!);
 * const body = await reader.readExactly(Number(head.split(" ")[1]));
 * assertEquals(new TextDecoder().decode(body), "ferry");
 * ```
 *
 * @module
 */

export * from "./open_connection.ts";
export type {
  ByteSource,
  Framing,
  LimitOptions,
  Span,
  StartTlsOptions,
  StreamOptions,
  WaitOptions,
} from "./options.ts";
export * from "./connection.ts";
export * from "./reader.ts";
export * from "./writer.ts";
export type { Separator } from "./_needle.ts";
export type { TlsInfo } from "../tls/mod.ts";
