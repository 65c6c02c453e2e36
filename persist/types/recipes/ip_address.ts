import { PyObject } from "../objects/py_object.ts";

/**
 * An address, network or interface of Python's `ipaddress`, as it was read.
 *
 * @example An address that was written as a number
 * ```ts
 * import { Global, IpAddress } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * const callable = new Global("ipaddress", "IPv4Address");
 * assertEquals(`${new IpAddress({ callable, args: [3221225985] })}`, "192.0.2.1");
 * ```
 */
export class IpAddress extends PyObject {
  /** 4 or 6. */
  get version(): 4 | 6 {
    return this.className.includes("IPv6") ? 6 : 4;
  }

  /** What it is. */
  get kind(): "address" | "network" | "interface" {
    if (this.className.endsWith("Address")) return "address";
    return this.className.endsWith("Network") ? "network" : "interface";
  }

  /**
   * The usual text.
   *
   * @returns For example `"192.0.2.0/24"`; `""` if the recipe is none of an address.
   */
  override toString(): string {
    const [value] = this.args;
    if (typeof value === "string") return value;
    if (typeof value !== "number" && typeof value !== "bigint") return "";
    const bits = BigInt(value);
    if (bits < 0n || bits >= 1n << (this.version === 4 ? 32n : 128n)) return "";
    return this.version === 4 ? dotted(bits) : colons(bits);
  }

  /**
   * The usual text, for `JSON.stringify` and `toPlain`.
   *
   * @returns The text.
   */
  toJSON(): string {
    return this.toString();
  }

  /**
   * What makes two addresses equal as keys.
   *
   * @returns The signature.
   */
  keySignature(): string {
    return `i${this.kind}:${this}`;
  }
}

function dotted(bits: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => bits >> shift & 0xffn).join(".");
}

/** Eight groups, the longest run of zeros left out (RFC 5952). */
function colons(bits: bigint): string {
  const groups = Array.from(
    { length: 8 },
    (_, i) => (bits >> BigInt(112 - 16 * i) & 0xffffn).toString(16),
  );
  let [start, length] = [-1, 1];
  for (let i = 0; i < 8; i++) {
    let n = i;
    while (groups[n] === "0") n++;
    if (n - i > length) [start, length] = [i, n - i];
  }
  if (start < 0) return groups.join(":");
  return `${groups.slice(0, start).join(":")}::${groups.slice(start + length).join(":")}`;
}
