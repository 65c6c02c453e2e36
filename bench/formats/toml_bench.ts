// TOML against @std/toml (the baseline) and smol-toml (the reader behind parse).
import { parse as stdParse, stringify as stdStringify } from "@std/toml";
import * as smol from "smol-toml";
import { parse, stringify } from "@ferry/std/formats/toml";
import { edit } from "@ferry/std/formats/toml-edit";
import { sampleToml } from "./config_samples.ts";

for (const [name, size] of [["1 MB", 1_000_000], ["4 kB", 4000]] as const) {
  const text = sampleToml(size);
  const parsing = `toml parse, ${name}`;
  Deno.bench("@std/toml", { group: parsing, baseline: true }, () => void stdParse(text));
  Deno.bench("ferry", { group: parsing }, () => void parse(text));
  Deno.bench("ferry, version 1.0", { group: parsing }, () => void parse(text, { version: "1.0" }));
  Deno.bench("smol-toml", { group: parsing }, () => void smol.parse(text));
  Deno.bench("smol-toml, Temporal", { group: parsing }, () => {
    smol.parse(text, { useLegacyDate: false });
  });

  const writing = `toml stringify, ${name}`;
  const std = stdParse(text);
  const table = parse(text);
  const plain = smol.parse(text);
  Deno.bench("@std/toml", { group: writing, baseline: true }, () => void stdStringify(std));
  Deno.bench("ferry", { group: writing }, () => void stringify(table));
  Deno.bench("smol-toml", { group: writing }, () => void smol.stringify(plain));
}

const config = sampleToml(4000);
Deno.bench("ferry, one value", { group: "toml edit, 4 kB", baseline: true }, () => {
  edit(config, [{ path: ["title"], value: "changed" }]);
});
