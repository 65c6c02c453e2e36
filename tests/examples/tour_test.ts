// The chapters of the tour that need nothing but this package, with all that they print.
import { assert, assertEquals, assertMatch } from "@std/assert";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

const SETTINGS = [
  "json gives the same value back",
  "yaml gives the same value back",
  "toml gives the same value back",
  'yaml.edit(text, ["price"], 2.75) keeps comments and spaces:',
  "# prices of today",
  "price: 2.75  # in euros",
  "stock:   12",
];

const LINES: Record<string, string[]> = {
  formats: [
    'csv:  [{"name":"tea","price":2.5,"stock":12},{"name":"milk","price":1.25,"stock":0}]',
    "msgpack gives the same table back",
    "msgpack takes 73 bytes, JSON 88",
    "=== config: settings in JSON, YAML and TOML, and an edit that keeps the comments",
    ...SETTINGS,
  ],
  config: SETTINGS,
  markup: [
    "title: Harbour",
    "clean: <p>Ships: <b>two<i> or three</i></b><i> today</i> </p>" +
    '<p>See <a>this</a> and <a href="/list?a=1&amp;b=2">the list</a> </p>',
    "links: javascript:steal(), /list?a=1&b=2",
    'select: [ "two", "/list?a=1&b=2" ]',
    "feed:  Ferry sails, Ferry lands",
    'xpath: [ "Ferry lands" ] 21',
    "size:  42, added up while the feed was read",
  ],
};

for (const [chapter, expected] of Object.entries(LINES)) {
  Deno.test(`The tour's chapter on ${chapter} prints what it says`, async () => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "examples/tour.ts", "--only", chapter],
      cwd: ROOT,
      env: { NO_COLOR: "1" },
      signal: AbortSignal.timeout(120_000),
    }).output();
    assertEquals(new TextDecoder().decode(stderr), "");
    const [heading, ...lines] = new TextDecoder().decode(stdout).split("\n").filter(Boolean);
    assertEquals(heading!.startsWith(`=== ${chapter}: `), true);
    assertEquals(lines, expected);
    assertEquals(code, 0);
  });
}

/** Runs the chapter on ipc for a text of its own, where programs are found in these folders. */
async function ipc(PATH: string): Promise<string[]> {
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(file, "row, row, row your boat\n".repeat(1000));
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "-A", "examples/tour.ts", "--only", "ipc", file],
      cwd: ROOT,
      env: { NO_COLOR: "1", PATH },
      signal: AbortSignal.timeout(120_000),
    }).output();
    assertEquals(new TextDecoder().decode(stderr), "");
    assertEquals(code, 0);
    return new TextDecoder().decode(stdout).split("\n").filter(Boolean);
  } finally {
    await Deno.remove(file);
  }
}

Deno.test("The tour's chapter on ipc shares a list, a dict and memory, with CPython where there is one", async () => {
  const lines = await ipc(Deno.env.get("PATH")!);
  assert(
    lines.includes("2 workers and one thread agree: 5000 words, 3 different"),
    lines.join("\n"),
  );
  const [list, dict, memory] = lines.slice(-3);
  assertMatch(list!, /^Manager, list: \[ "Ferry", "(Python 3\.\d+|Deno)" \]$/);
  assertEquals(dict, "Manager, dict: { snakes: 2 }");
  if (Deno.build.os === "linux") {
    assertEquals(memory, "SharedMemory, each number doubled: [ 1, 2, 3, 4 ]");
  }
});

Deno.test("The tour's chapter on ipc says so where there is no CPython", async () => {
  const nowhere = await Deno.makeTempDir();
  try {
    const lines = await ipc(nowhere);
    assert(lines.includes("no python3 found: this program does its part"), lines.join("\n"));
    assert(lines.includes('Manager, list: [ "Ferry", "Deno" ]'), lines.join("\n"));
  } finally {
    await Deno.remove(nowhere);
  }
});

Deno.test("deno task tour on a machine that has nothing yet downloads no packages", async () => {
  const fresh = await Deno.makeTempDir({ prefix: "ferry tour " });
  try {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["task", "tour"],
      cwd: ROOT,
      env: { NO_COLOR: "1", DENO_DIR: fresh },
      signal: AbortSignal.timeout(240_000),
    }).output();
    const said = new TextDecoder().decode(stderr);
    assertEquals([code, /Download/.test(said)], [0, false], said);
    const registries = [...Deno.readDirSync(`${fresh}/npm`)].filter(({ name }) =>
      name !== "node_modules"
    );
    assertEquals(registries.map(({ name }) => name), []);
  } finally {
    await Deno.remove(fresh, { recursive: true });
  }
});
