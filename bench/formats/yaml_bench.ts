// YAML against @std/yaml (the baseline, and the reader behind the fast path), npm yaml and js-yaml.
import { parse as stdParse, stringify as stdStringify } from "@std/yaml";
import * as npmYaml from "yaml";
import * as jsYaml from "npm:js-yaml@5.5.0";
import { parse, stringify } from "@ferry/std/formats/yaml";
import { sampleAnchoredYaml, sampleYaml } from "./config_samples.ts";

for (const [name, size] of [["1 MB", 1_000_000], ["4 kB", 4000]] as const) {
  const text = sampleYaml(size);
  const value = stdParse(text, { schema: "core" });
  const parsing = `yaml parse, ${name} of plain data`;
  Deno.bench("@std/yaml", { group: parsing, baseline: true }, () => void stdParse(text));
  Deno.bench("@std/yaml, core schema", { group: parsing }, () => {
    stdParse(text, { schema: "core" });
  });
  Deno.bench("ferry", { group: parsing }, () => void parse(text));
  Deno.bench("ferry, strict", { group: parsing }, () => void parse(text, { strict: true }));
  Deno.bench("npm yaml", { group: parsing }, () => void npmYaml.parse(text));
  Deno.bench("npm js-yaml", { group: parsing }, () => void jsYaml.load(text));

  const writing = `yaml stringify, ${name}`;
  Deno.bench("@std/yaml", { group: writing, baseline: true }, () => void stdStringify(value));
  Deno.bench("ferry", { group: writing }, () => void stringify(value));
  Deno.bench("npm yaml", { group: writing }, () => void npmYaml.stringify(value));
}

const anchored = sampleAnchoredYaml(500_000).replaceAll("!id ", "");
const group = "yaml parse, 0.5 MB with anchors and merge keys";
Deno.bench("@std/yaml", { group, baseline: true }, () => void stdParse(anchored));
Deno.bench("ferry", { group }, () => void parse(anchored));
Deno.bench("npm yaml", { group }, () => {
  npmYaml.parse(anchored, { merge: true, maxAliasCount: -1, uniqueKeys: false });
});
