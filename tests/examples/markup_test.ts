// Each example of examples/markup is run with the exact command of its first line, and must print what is written here.
import { assert, assertEquals } from "@std/assert";

const ROOT = new URL("../../", import.meta.url);

/** What is printed; of very much, the first lines and the last ones. */
const EXPECTED: Record<string, string | { first: string; last: string; lines: number }> = {
  "01_scrape_to_csv.ts": `ship,port,tons,link
Aurora,Kiel,1200,/ship/1
Björn & Co,Oslo,950,/ship/2
"""Comet""",Turku,2030,/ship/3
`,
  "02_rss_reader.ts": `Harbour & Sea

2026-11-27  Ferry sails, by Ada
At **noon**.

From [pier 3](/pier).
  https://harbour.example/1  (https://harbour.example/1.jpg)

2026-11-26  Fog, by somebody
No ships *today*.
  https://harbour.example/2
`,
  "03_xml_to_json_lines.ts": {
    first: `{"@id":0,"name":"S & 0","port":["Kiel","Oslo"]}
{"@id":1,"name":"S & 1","port":["Kiel"],"tons":10}
`,
    last: `{"@id":99999,"name":"S & 99999","port":["Kiel"]}\n`,
    lines: 100_000,
  },
  "04_sanitize.ts": `Nice <b onmouseover=steal()>ship</b>! <script>steal()</script>
  -> Nice <b>ship</b>!

<a href="javascript:steal()">win</a> <a href="https://sea.example/?a=1&b=2">more</a>
  -> <a>win</a> <a href="https://sea.example/?a=1&amp;b=2" rel="nofollow noopener ugc">more</a>

<a href="https://evil.example">https://bank.example</a>
  -> <a>https://bank.example</a>

<img src="https://pictures.example/1.png" onerror=steal()> <img src="https://track.example/x.gif">
  -> <img src="https://pictures.example/1.png">

<svg><p><style><a id="</style><img src=1 onerror=steal()>">
  -> <p><img src="1">"&gt;</p>

<form action="https://evil.example"><input name=password><ul><li>one<li>two</ul>
  -> <ul><li>one</li><li>two</li></ul>

<p style="position:fixed;top:0">In front of all <!--[if IE]> <b>old</b> <![endif]-->
  -> <p>In front of all </p>

`,
};

Deno.test("examples/markup holds the examples that are tested", () => {
  const found = [...Deno.readDirSync(new URL("examples/markup", ROOT))].map(({ name }) => name);
  assertEquals(found.sort(), Object.keys(EXPECTED));
});

for (const [name, expected] of Object.entries(EXPECTED)) {
  Deno.test(`examples/markup/${name} runs with the command of its first line`, async () => {
    const source = await Deno.readTextFile(new URL(`examples/markup/${name}`, ROOT));
    const lines = source.trimEnd().split("\n");
    assert(lines.length <= 60, `${lines.length} lines`);
    const [, deno, ...args] = lines[0]!.split(" ");
    assertEquals([deno, args[0], args.at(-1)], ["deno", "run", `examples/markup/${name}`]);
    assert(!args.includes("-A") && !args.includes("--allow-all"));
    const { success, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", ...args.slice(1)],
      cwd: ROOT,
      stderr: "inherit",
    }).output();
    assert(success);
    // Lines of CSV end with CR LF.
    const text = new TextDecoder().decode(stdout).replaceAll("\r\n", "\n");
    if (typeof expected === "string") return assertEquals(text, expected);
    assertEquals(text.slice(0, expected.first.length), expected.first);
    assertEquals(text.slice(-expected.last.length), expected.last);
    assertEquals(text.split("\n").length - 1, expected.lines);
  });
}
