// The examples of examples/dill are run with the exact command of their first lines, and must print what is written here.
import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";

const ROOT = new URL("../../", import.meta.url);

const EXPECTED: Record<string, string> = {
  "03_closure_to_process.ts": `the process computed 3 discounts, the lowest price is 3
here 0 were computed
signed, with discount and Basket
another program computed 1.875
`,
};

Deno.test("examples/dill holds the examples that are tested", () => {
  const found = [...Deno.readDirSync(new URL("examples/dill", ROOT))].map(({ name }) => name);
  assertEquals(found.sort(), Object.keys(EXPECTED));
});

for (const [name, expected] of Object.entries(EXPECTED)) {
  Deno.test(`examples/dill/${name} prints what it says`, async () => {
    const text = await Deno.readTextFile(new URL(`examples/dill/${name}`, ROOT));
    const [, command] = /```sh\n \* deno (run .*)\n/.exec(text)!;
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-prompt", ...command!.split(" ").slice(1)],
      cwd: fileURLToPath(ROOT),
      env: { NO_COLOR: "1" },
      signal: AbortSignal.timeout(120_000),
    }).output();
    assertEquals(new TextDecoder().decode(stderr), "");
    assertEquals(new TextDecoder().decode(stdout), expected);
    assertEquals(code, 0);
  });
}
