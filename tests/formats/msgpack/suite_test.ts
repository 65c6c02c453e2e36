import { assert, assertEquals } from "@std/assert";
import { decode, encode, Ext, Timestamp } from "@ferry/std/formats/msgpack";
import { conformanceCases } from "../../_support/conformance_data.ts";

interface SuiteCase {
  id: string;
  type: string;
  value: unknown;
  alternatives: Record<string, unknown>;
  msgpack: string[];
}

const cases = conformanceCases<SuiteCase>("msgpack-test-suite");

function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromHex(hex.replaceAll("-", ""));
}

function valueOf({ type, value }: SuiteCase): unknown {
  switch (type) {
    case "binary":
      return bytesOf(value as string);
    case "bignum":
      return BigInt(value as string);
    case "timestamp": {
      const [seconds, nanoseconds] = value as [number, number];
      return new Timestamp(seconds, nanoseconds);
    }
    case "ext": {
      const [code, data] = value as [number, string];
      return new Ext(code, bytesOf(data));
    }
    default:
      return value;
  }
}

Deno.test({
  name: "decode() reads every encoding of the msgpack-test-suite",
  ignore: cases === undefined,
  fn() {
    let count = 0;
    for (const one of cases!) {
      for (const hex of one.msgpack) {
        assertEquals(decode(bytesOf(hex)), valueOf(one), `${one.id} ${hex}`);
        count++;
      }
    }
    assert(count > 0);
    console.log(`msgpack-test-suite: ${count} encodings decoded`);
  },
});

Deno.test({
  name: "encode() writes one of the accepted encodings of the msgpack-test-suite, the shortest",
  ignore: cases === undefined,
  fn() {
    for (const one of cases!) {
      const bytes = encode(valueOf(one));
      const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("-");
      assert(one.msgpack.includes(hex), `${one.id}: ${hex}`);
      const accepted = one.msgpack.filter((other) =>
        // A float of 4 bytes is shorter than an int of 8 here and there, but it is another type.
        !(other.startsWith("ca") || other.startsWith("cb"))
      );
      assertEquals(hex.length, Math.min(...accepted.map((other) => other.length), hex.length));
    }
    console.log(`msgpack-test-suite: ${cases!.length} values encoded`);
  },
});
