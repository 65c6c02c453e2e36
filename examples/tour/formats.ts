/**
 * The chapter on formats: one table, read from CSV and written as JSON, YAML, TOML and MsgPack; a change that leaves every other
 * byte of a file alone.
 */
import { csv, json, msgpack, toml, yaml } from "@ferry/std/formats";

/** What the chapter shows. */
export const title = "one table in five formats, and an edit that keeps the comments";

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
  const copies = {
    json: json.parse(json.stringify(goods)),
    yaml: yaml.parse(yaml.stringify(goods)),
    toml: toml.parse(toml.stringify(goods)),
    msgpack: msgpack.decode(packed),
  };
  for (const [format, copy] of Object.entries(copies)) {
    const same = JSON.stringify(copy) === JSON.stringify(goods);
    console.log(
      `${format.padEnd(8)} ${same ? "gives the same table back" : "gives ANOTHER table back"}`,
    );
    if (!same) Deno.exit(1);
  }
  console.log(`msgpack takes ${packed.length} bytes, JSON ${JSON.stringify(goods).length}`);

  const before = "# prices of today\nprice: 2.50  # in euros\nstock:   12\n";
  const after = yaml.edit(before, ["price"], 2.75);
  console.log(`\nyaml.edit(text, ["price"], 2.75) keeps comments and spaces:\n${after}`);
  return Promise.resolve();
}
