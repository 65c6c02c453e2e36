/** The chapter on formats: one table, read from CSV with the types of its columns, written and read as MsgPack. */
import * as csv from "@ferry/std/formats/csv";
import * as msgpack from "@ferry/std/formats/msgpack";

/** What the chapter shows. */
export const title = "a table with typed columns, and its MsgPack";

const TEXT = `name,price,stock
tea,2.5,12
milk,1.25,0
`;

/** Reads, writes and compares. */
export function run(): Promise<void> {
  const types = { price: "number", stock: "integer" } as const;
  const rows = csv.parse(TEXT, { skipFirstRow: true, types });
  console.log("csv: ", JSON.stringify(rows));
  const goods = { goods: rows.map((row) => ({ ...row })) };
  const packed = msgpack.encode(goods);
  const same = JSON.stringify(msgpack.decode(packed)) === JSON.stringify(goods);
  console.log(`msgpack gives ${same ? "the same" : "ANOTHER"} table back`);
  if (!same) Deno.exit(1);
  console.log(`msgpack takes ${packed.length} bytes, JSON ${JSON.stringify(goods).length}`);
  return Promise.resolve();
}
