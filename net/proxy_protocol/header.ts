/**
 * The PROXY protocol: a balancer tells a server whom it speaks for, in a header before the client's first byte.
 *
 * Source: "The PROXY protocol, versions 1 & 2" of HAProxy, 2.1 (text) and 2.2 (binary).
 *
 * @module
 */
import { type InetAddress, ProtocolError, type UnixAddress } from "../errors.ts";

/** What a header says. */
export interface ProxyHeader {
  /** The version of the header. */
  readonly version: 1 | 2;
  /** The client; `undefined` if the balancer speaks for itself (a health check) or does not know. */
  readonly source: InetAddress | UnixAddress | undefined;
  /** Where the client connected to. */
  readonly destination: InetAddress | UnixAddress | undefined;
  /** Additional values (version 2) by their type: 0x01 ALPN, 0x02 authority, 0x05 unique id … */
  readonly values: ReadonlyMap<number, Uint8Array>;
  /** Bytes of the header. */
  readonly length: number;
}

const SIGNATURE = Uint8Array.of(13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10);
const LONGEST_V1 = 107;
const HEAD_V2 = 16;
/** Far more than addresses and the values that are in use; the length field would allow 65,535. */
const LONGEST_V2 = 4096;
const CRC32C = 0x03;

function refuse(reason: string): never {
  throw new ProtocolError({ op: "read", reason: `no PROXY header: ${reason}` });
}

/**
 * Looks for a PROXY header at the beginning of what a peer sent.
 *
 * @param bytes What has arrived.
 * @returns The header; how many bytes are needed before it is worth looking again; or `undefined` if it does not begin as
 * a header does.
 * @throws {ProtocolError} If it begins as a header does, and is none.
 *
 * @example Version 1
 * ```ts
 * import { parseProxyHeader } from "@ferry/std/net/proxy-protocol";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const header = parseProxyHeader(
 *   new TextEncoder().encode("PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\nGET /"),
 * );
 * assert(typeof header === "object");
 * assertEquals(header.source, { hostname: "192.0.2.1", port: 56324 });
 * assertEquals(header.length, 42);
 * ```
 */
export function parseProxyHeader(bytes: Uint8Array): ProxyHeader | number | undefined {
  if (startsLike(bytes, SIGNATURE)) return parseV2(bytes);
  if (startsLike(bytes, V1_START)) return parseV1(bytes);
  return undefined;
}

const V1_START = new TextEncoder().encode("PROXY ");

/** Whether all bytes that are there, up to the length of `start`, are those of `start`. */
function startsLike(bytes: Uint8Array, start: Uint8Array): boolean {
  const length = Math.min(bytes.length, start.length);
  for (let i = 0; i < length; i++) if (bytes[i] !== start[i]) return false;
  return true;
}

function parseV1(bytes: Uint8Array): ProxyHeader | number {
  const window = bytes.subarray(0, LONGEST_V1);
  const end = window.indexOf(10);
  if (end < 0) {
    if (bytes.length >= LONGEST_V1) refuse(`no end within ${LONGEST_V1} bytes`);
    return bytes.length + 1;
  }
  if (window[end - 1] !== 13) refuse("its line does not end in CR LF");
  const line = String.fromCharCode(...window.subarray(0, end - 1));
  const parts = line.split(" ");
  const rest = { version: 1 as const, values: new Map(), length: end + 1 };
  if (parts[1] === "UNKNOWN") return { ...rest, source: undefined, destination: undefined };
  const [, family, from, to, fromPort, toPort] = parts;
  if (parts.length !== 6 || family !== "TCP4" && family !== "TCP6") refuse(JSON.stringify(line));
  return {
    ...rest,
    source: { hostname: host(family!, from!), port: port(fromPort!) },
    destination: { hostname: host(family!, to!), port: port(toPort!) },
  };
}

function host(family: string, text: string): string {
  const four = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;
  const six = /^[0-9a-fA-F:.]{2,45}$/;
  const good = family === "TCP4"
    ? four.test(text)
    : six.test(text) && URL.canParse(`http://[${text}]/`);
  return good ? text : refuse(`${JSON.stringify(text)} is no address of ${family}`);
}

function port(text: string): number {
  if (!/^(?:0|[1-9]\d{0,4})$/.test(text) || Number(text) > 65535) {
    refuse(`${JSON.stringify(text)} is no port`);
  }
  return Number(text);
}

function parseV2(bytes: Uint8Array): ProxyHeader | number {
  if (bytes.length < HEAD_V2) return HEAD_V2;
  const [version, command] = [bytes[12]! >> 4, bytes[12]! & 15];
  if (version !== 2) refuse(`version ${version} is not known`);
  if (command > 1) refuse(`command ${command} is not known`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const length = HEAD_V2 + view.getUint16(14);
  if (length > LONGEST_V2) refuse(`${length} bytes were announced, at most ${LONGEST_V2} allowed`);
  if (bytes.length < length) return length;
  const family = bytes[13]! >> 4;
  const sizes = [0, 12, 36, 216];
  const size = sizes[family] ?? refuse(`address family ${family} is not known`);
  if (length < HEAD_V2 + size) refuse(`${size} bytes of addresses needed`);
  const body = bytes.subarray(HEAD_V2, length);
  const values = parseValues(body.subarray(size), bytes.subarray(0, length));
  const local = command === 0 || family === 0;
  const [source, destination] = local ? [] : addresses(family, body);
  return { version: 2, source, destination, values, length };
}

function addresses(family: number, body: Uint8Array): (InetAddress | UnixAddress)[] {
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  if (family === 1) {
    return [0, 4].map((at, i) => ({
      hostname: body.subarray(at, at + 4).join("."),
      port: view.getUint16(8 + 2 * i),
    }));
  }
  if (family === 2) {
    return [0, 16].map((at, i) => {
      const groups = Array.from({ length: 8 }, (_, n) => view.getUint16(at + 2 * n).toString(16));
      // The URL parser writes IPv6 as RFC 5952 has it.
      const hostname = new URL(`http://[${groups.join(":")}]/`).hostname.slice(1, -1);
      return { hostname, port: view.getUint16(32 + 2 * i) };
    });
  }
  return [0, 108].map((at) => {
    const path = body.subarray(at, at + 108);
    const end = path.indexOf(0, path[0] === 0 ? 1 : 0);
    return { path: new TextDecoder().decode(end < 0 ? path : path.subarray(0, end)) };
  });
}

function parseValues(body: Uint8Array, header: Uint8Array): Map<number, Uint8Array> {
  const values = new Map<number, Uint8Array>();
  for (let at = 0; at < body.length;) {
    if (at + 3 > body.length) refuse("a value is cut off");
    const type = body[at]!;
    const end = at + 3 + body[at + 1]! * 256 + body[at + 2]!;
    if (end > body.length) refuse("a value is cut off");
    const value = body.slice(at + 3, end);
    if (type === CRC32C) checkSum(value, header, header.length - body.length + at + 3);
    values.set(type, value);
    at = end;
  }
  return values;
}

/** The checksum is that of the header with zeros in the checksum's place. */
function checkSum(value: Uint8Array, header: Uint8Array, at: number): void {
  if (value.length !== 4) refuse("its checksum has not 4 bytes");
  const copy = header.slice();
  copy.fill(0, at, at + 4);
  let crc = 0xffffffff;
  for (const byte of copy) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc >>> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  const expected = new DataView(value.buffer, value.byteOffset).getUint32(0);
  if ((crc ^ 0xffffffff) >>> 0 !== expected) refuse("its checksum is wrong");
}
