/**
 * The object codec against structured clone, node:v8, JSON and msgpackr (records): encode and decode together.
 *
 * `deno bench -A bench/ipc/codec_bench.ts`
 */
import { Codec } from "@ferry/std/ipc/codec";
import { deserialize, serialize } from "node:v8";
// The newest msgpackr-extract names builds that some registries lack; it is optional and only speeds up strings.
import "npm:msgpackr-extract@3.0.4";
import { Packr } from "npm:msgpackr@2.1.3";

const memory = new Uint8Array(new SharedArrayBuffer(1 << 20));
const shared = new Codec({ shapes: new SharedArrayBuffer(65_536) });
const alone = new Codec();
const packr = new Packr({ useRecords: true, structures: [], moreTypes: true });
const sharingPackr = new Packr({
  useRecords: true,
  structures: [],
  moreTypes: true,
  structuredClone: true,
});
const utf8 = new TextEncoder();
const text = new TextDecoder();
const scratch = new Uint8Array(1 << 20);

interface Case {
  value: unknown;
  /** Iterations inside, so that one is over 10 us. */
  times: number;
  /** JSON cannot carry it. */
  json?: false;
}

const cases: Record<string, Case> = {
  "{id, name}": { value: { id: 123, name: "user123" }, times: 100 },
  "100 rows x 3 fields": {
    value: Array.from({ length: 100 }, (_, id) => ({ id, name: `user${id}`, score: id * 1.5 })),
    times: 1,
  },
  "4 KiB Uint8Array": { value: new Uint8Array(4096), times: 20, json: false },
  "1000 floats": { value: Array.from({ length: 1000 }, (_, i) => i / 7), times: 2 },
  "text of 10,000": { value: "The quick brown fox. ".repeat(500), times: 10 },
  "nested, mixed": {
    value: {
      user: { id: 7, name: "Ada Lovelace", tags: ["admin", "math"], active: true },
      at: new Date(0),
      meta: new Map<string, unknown>([["k", 1], ["v", [1, 2, 3]]]),
      kinds: new Set(["a", "b"]),
      items: [{ sku: "a-1", qty: 2, price: 9.5 }, { sku: "b-2", qty: 1, price: 20 }],
      note: "a longer text that does not fit into thirty-one characters",
    },
    times: 10,
    json: false,
  },
};

for (const [group, { value, times, json }] of Object.entries(cases)) {
  const bench = (name: string, fn: () => unknown, baseline = false) => {
    fn();
    Deno.bench({
      name: `${group}: ${name}`,
      group,
      baseline,
      fn() {
        for (let i = 0; i < times; i++) fn();
      },
    });
  };
  bench("structuredClone", () => structuredClone(value), true);
  // Each message is written in place and read in place, as in a ring. The second one has its shapes in the table.
  shared.encodeInto(value, memory);
  shared.encodeInto(value, memory);
  const message = memory.subarray(0, shared.encodeInto(value, memory));
  bench("ferry, in place, shared shapes", () => {
    shared.encodeInto(value, memory);
    return shared.decode(message);
  });
  bench("ferry, bytes of their own", () => alone.decode(alone.encode(value)));
  bench("msgpackr, records", () => packr.unpack(packr.pack(value)));
  bench(
    "msgpackr, records, keeping references",
    () => sharingPackr.unpack(sharingPackr.pack(value)),
  );
  if (json !== false) {
    bench("JSON + TextEncoder", () => {
      const { written } = utf8.encodeInto(JSON.stringify(value), scratch);
      return JSON.parse(text.decode(scratch.subarray(0, written)));
    });
  }
  bench("node:v8", () => deserialize(serialize(value)));
}
