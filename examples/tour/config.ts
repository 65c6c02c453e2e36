/**
 * The chapter on files of settings: one value in JSON, YAML and TOML; a change that leaves every other byte of a file alone.
 */
import * as json from "@ferry/std/formats/json";
import * as toml from "@ferry/std/formats/toml";
import * as yaml from "@ferry/std/formats/yaml";

/** What the chapter shows. */
export const title = "settings in JSON, YAML and TOML, and an edit that keeps the comments";

/** Reads, writes and compares. */
export function run(): Promise<void> {
  const settings = { name: "harbour", ports: [80, 443], log: { level: "info", keep: 7 } };
  const copies = {
    json: json.parse(json.stringify(settings)),
    yaml: yaml.parse(yaml.stringify(settings)),
    toml: toml.parse(toml.stringify(settings)),
  };
  for (const [format, copy] of Object.entries(copies)) {
    const same = JSON.stringify(copy) === JSON.stringify(settings);
    console.log(`${format} gives ${same ? "the same" : "ANOTHER"} value back`);
    if (!same) Deno.exit(1);
  }
  const before = "# prices of today\nprice: 2.50  # in euros\nstock:   12\n";
  const after = yaml.edit(before, ["price"], 2.75);
  console.log(`\nyaml.edit(text, ["price"], 2.75) keeps comments and spaces:\n${after}`);
  return Promise.resolve();
}
