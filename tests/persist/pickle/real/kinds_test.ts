import { assert, assertEquals } from "@std/assert";
import { dumps, loads } from "@ferry/std/persist/pickle";
import { hasLibrary, runScript } from "./_libraries.ts";

const PROTOCOLS = [2, 4, 5];
const libraries = ["numpy", "pandas", "scipy", "sklearn", "networkx", "pytz", "dateutil"];
const missing: string[] = [];
for (const library of libraries) if (!await hasLibrary(library)) missing.push(library);
if (missing.length > 0) {
  console.log(`pickles of real kinds: skipped, /usr/bin/python3 has no ${missing.join(", ")}`);
}

interface Kinds {
  missing: string[];
  kinds: Record<string, Record<string, string[]>>;
}

Deno.test({
  name:
    "real pickles of numpy, pandas, scipy, sklearn, networkx and the standard library are read " +
    "without options, and written back as they were",
  ignore: missing.length > 0,
  async fn() {
    const { kinds, missing } = JSON.parse(
      await runScript("kinds.py", PROTOCOLS.map(String)),
    ) as Kinds;
    assertEquals(missing, []);
    const all = Object.entries(kinds).flatMap(([library, named]) =>
      Object.entries(named).map(([name, pickles]) => ({ name: `${library}: ${name}`, pickles }))
    );
    assert(all.length >= 150, `${all.length} kinds`);
    const unread: string[] = [];
    const changed: string[] = [];
    for (const { name, pickles } of all) {
      for (const [i, hex] of pickles.entries()) {
        const bytes = Uint8Array.fromHex(hex);
        const where = `${name}, protocol ${PROTOCOLS[i]}`;
        let value: unknown;
        try {
          value = loads(bytes, { mode: "exact" });
          loads(bytes);
          loads(bytes, { mode: "plain" });
        } catch {
          unread.push(where);
          value = loads(bytes, { mode: "exact", unknown: "opaque" });
        }
        if (dumps(value, { protocol: PROTOCOLS[i]! }).toHex() !== hex) changed.push(where);
      }
    }
    const total = all.length * PROTOCOLS.length;
    const percent = (some: string[]) => (100 * (1 - some.length / total)).toFixed(1);
    console.log(
      `${all.length} kinds, ${total} pickles: ${percent(unread)} % read without options, ` +
        `${percent(changed)} % written back as they were`,
    );
    assert(unread.length <= 0.1 * total, `not read without options: ${unread.join("; ")}`);
    assert(changed.length <= 0.05 * total, `written otherwise: ${changed.join("; ")}`);
  },
});
