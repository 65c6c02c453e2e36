import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import {
  detect,
  dumps,
  inspect,
  LoadError,
  loads,
  registerByValue,
  UndumpableError,
} from "@ferry/std/persist/dill";
import { parse as parseToml, stringify } from "smol-toml";
import { join } from "node:path";
import * as url from "node:url";
import shout, * as helpers from "./_helpers.ts";
import { countCalls, makeFormatter, scaled, settings, Size, UNIT } from "./_helpers.ts";
import { copy } from "./_copy.ts";
import { fileURLToPath } from "node:url";

const HELPERS = import.meta.resolve("./_helpers.ts");

Deno.test("a captured export is saved as specifier and name, and never walked into", async () => {
  const use = (n: number) => [
    join("a", "b"),
    url.fileURLToPath("file:///x"),
    parseToml("a = 1").a,
    shout("x"),
    scaled(n),
    UNIT,
    helpers.settings.scale,
    String(new Size(n)),
    settings.scale,
  ];
  const bytes = await dumps(use);
  const { code, modules } = inspect(bytes);
  assertEquals(code.length, 1);
  assertEquals(Object.fromEntries(modules.map((module) => [module.specifier, module.exports])), {
    "node:path": ["join"],
    "node:url": ["*"],
    "npm:smol-toml@1.9.1": ["parse"],
    [HELPERS]: ["default", "scaled", "UNIT", "*", "Size", "settings"],
  });
  const loaded = await loads(bytes, { trust: true }) as typeof use;
  const calls = countCalls();
  assertEquals(loaded(1), ["a/b", "/x", 1, "X", "2px", "px", 2, "2px", 2]);
  assertEquals(countCalls(), calls + 2, "it is the module itself that is called");
});

Deno.test("functions that a module keeps to itself are dumped as code, with what it exports by name", async () => {
  const format = makeFormatter();
  const bytes = await dumps({ format });
  assertEquals(inspect(bytes).code.map(({ name }) => name).sort(), ["", "internal"]);
  assertEquals(inspect(bytes).modules, [{ specifier: HELPERS, exports: ["scaled"] }]);
  const { format: loaded } = await loads(bytes, { trust: true }) as { format: typeof format };
  assertEquals(loaded(2), "<4px>");
});

Deno.test("a local function that is itself dumped is dumped as code, its instances' class by name", async () => {
  assertEquals(inspect(await dumps(scaled)).code.map(({ name }) => name), ["scaled"]);
  assertEquals(inspect(await dumps({ scaled, other: makeFormatter() })).code.length, 2);
});

Deno.test("registerByValue() dumps a module's code", async () => {
  const use = (n: number) => scaled(n) + shout("x");
  for (const module of [HELPERS, new URL(HELPERS), helpers]) {
    const unregister = registerByValue(module);
    try {
      const bytes = await dumps(use);
      if (module !== helpers) assertEquals(inspect(bytes).modules, []);
      const names = inspect(bytes).code.map(({ name }) => name).sort();
      assertEquals(names, ["scaled", "shout", "use"]);
      const calls = countCalls();
      assertEquals((await loads(bytes, { trust: true }) as typeof use)(2), "4pxX");
      assertEquals(countCalls(), calls);
    } finally {
      unregister();
    }
  }
  assertEquals(inspect(await dumps(use)).code.length, 1);
});

Deno.test("a namespace and functions of modules among the data are saved by name", async () => {
  const value = { join, url, scaled, use: () => [join, url, scaled] };
  const back = await copy(value);
  assertStrictEquals(back.join, join);
  assertStrictEquals(back.url, url);
  assertStrictEquals(back.scaled, scaled);
  assertStrictEquals((await copy({ join })).join, join);
});

Deno.test("an instance of a class of another module, with private fields, is refused", async () => {
  const { reason } = (await detect({ size: new Size(1), use: () => Size }))[0]!;
  assert(reason.includes("its class Size is saved by name"), reason);
  const unregister = registerByValue(HELPERS);
  try {
    assertEquals(String(await copy(new Size(2))), "4px");
  } finally {
    unregister();
  }
});

Deno.test("code of a package is refused where nothing imports it by name; modules names it", async () => {
  const parsed = { parse: parseToml };
  const bytes = await dumps({ parsed }, { modules: ["smol-toml"] });
  assertEquals(inspect(bytes).code, []);
  const back = await loads(bytes, { trust: true }) as { parsed: typeof parsed };
  assertStrictEquals(back.parsed.parse, parseToml);
  await assertRejects(() => dumps({ stringify }), UndumpableError, "it belongs to the package");
});

Deno.test("a module or an export that is not there is a LoadError", async () => {
  const path = await Deno.makeTempFile({ suffix: ".ts" });
  const specifier = `file://${path}`;
  await Deno.writeTextFile(path, "export const here = () => 1;");
  const module = await import(specifier);
  const bytes = await dumps({ fn: module.here }, { modules: [specifier] });
  await Deno.remove(path);
  const gone = new Uint8Array(bytes);
  assertEquals(inspect(gone).modules, [{ specifier, exports: ["here"] }]);
  const program = `import { loads } from "@ferry/std/persist/dill";
    const bytes = new Uint8Array(${JSON.stringify([...gone])});
    try { await loads(bytes, { trust: true }); } catch (error) { console.log(error.name); }`;
  const output = await new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      "--quiet",
      `--config=${fileURLToPath(new URL("../../../deno.json", import.meta.url))}`,
      program,
    ],
  }).output();
  assertEquals(new TextDecoder().decode(output.stdout).trim(), LoadError.name);
});

Deno.test("import() of a relative module is that of the function's own module", async () => {
  const load = async () => (await import("./_helpers.ts")).UNIT;
  const bytes = await dumps(load);
  assert(inspect(bytes).code[0]!.source.includes(JSON.stringify(HELPERS)));
  assertEquals(await (await loads(bytes, { trust: true }) as typeof load)(), "px");
});
