// deno bench -A bench/formats/msgpack/bench.ts
// The platform's own ways to turn values into bytes are the baseline.

import { deserialize, serialize } from "node:v8";
import { decode, decodeMulti, encode } from "@ferry/std/formats/msgpack";
import * as peer from "npm:@msgpack/msgpack@3.1.3";
import * as std from "npm:deno-std@1.4.0/msgpack/mod.js";
import { Packr } from "npm:msgpackr@2.1.3";
import { messages, shapes } from "./corpus.ts";

const packr = new Packr({ useRecords: false });
const text = { encoder: new TextEncoder(), decoder: new TextDecoder() };

const encoders: Record<string, (value: unknown) => Uint8Array> = {
  "JSON + TextEncoder": (value) => text.encoder.encode(JSON.stringify(value)),
  "node:v8 serialize": serialize,
  "encode": (value) => encode(value),
  "encode, pooled": (value) => encode(value, { pooled: true }),
  "msgpackr": (value) => packr.pack(value),
  "@msgpack/msgpack": (value) => peer.encode(value),
};

type Decoder = [make: (value: unknown) => Uint8Array, decode: (bytes: Uint8Array) => unknown];
const decoders: Record<string, Decoder> = {
  "TextDecoder + JSON": [
    encoders["JSON + TextEncoder"]!,
    (bytes) => JSON.parse(text.decoder.decode(bytes)),
  ],
  "node:v8 deserialize": [serialize, deserialize],
  "decode": [encode, (bytes) => decode(bytes)],
  "msgpackr": [encode, (bytes) => packr.unpack(bytes)],
  "@msgpack/msgpack": [encode, (bytes) => peer.decode(bytes)],
  "@std/msgpack": [encode, (bytes) => std.decode(bytes)],
};

/** Small messages are too quick to time one by one. */
const REPEAT = 1000;

for (const [name, value] of Object.entries(messages)) {
  for (const [by, run] of Object.entries({ ...encoders, "@std/msgpack": std.encode })) {
    Deno.bench({
      name: by,
      group: `encode ${REPEAT} x ${name}`,
      baseline: by === "JSON + TextEncoder",
      fn() {
        for (let i = 0; i < REPEAT; i++) run(value);
      },
    });
  }
  for (const [by, [make, run]] of Object.entries(decoders)) {
    const bytes = make(value);
    Deno.bench({
      name: by,
      group: `decode ${REPEAT} x ${name}`,
      baseline: by === "TextDecoder + JSON",
      fn() {
        for (let i = 0; i < REPEAT; i++) run(bytes);
      },
    });
  }
}

for (const [name, make] of Object.entries(shapes)) {
  const value = make();
  for (const [by, run] of Object.entries(encoders)) {
    Deno.bench({
      name: by,
      group: `encode ${name}`,
      baseline: by === "JSON + TextEncoder",
      fn: () => void run(value),
    });
  }
  for (const [by, [make, run]] of Object.entries(decoders)) {
    const bytes = make(value);
    Deno.bench({
      name: by,
      group: `decode ${name}`,
      baseline: by === "TextDecoder + JSON",
      fn: () => void run(bytes),
    });
  }
}

const log = new Uint8Array(2_000_000);
let size = 0;
for (let id = 0; size < 1_900_000; id++) {
  const bytes = encode({ id, kind: "event", text: `entry ${id}` });
  log.set(bytes, size);
  size += bytes.length;
}
const entries = log.subarray(0, size);

Deno.bench({ name: "decodeMulti", group: "many values in one buffer", baseline: true }, () => {
  for (const _ of decodeMulti(entries));
});
Deno.bench({ name: "msgpackr unpackMultiple", group: "many values in one buffer" }, () => {
  packr.unpackMultiple(entries as Buffer, () => {});
});
Deno.bench({ name: "@msgpack/msgpack", group: "many values in one buffer" }, () => {
  for (const _ of peer.decodeMulti(entries));
});
