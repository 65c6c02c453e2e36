// A release is published from the tag of its version, and from no other.
import { assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { run } from "../_support/program.ts";

const CHECK = fileURLToPath(new URL("../../.ci/check_tag.ts", import.meta.url));
const { version } = JSON.parse(
  await Deno.readTextFile(new URL("../../deno.json", import.meta.url)),
) as { version: string };

Deno.test("the tag of a release is that of deno.json, or nothing is published", async () => {
  // As the workflow calls it, without permissions of its own.
  assertEquals((await run({ args: [CHECK, `v${version}`] })).code, 0);
  for (const tag of [version, `v${version}0`, "v"]) {
    const { code, err } = await run({ args: [CHECK, tag] });
    assertEquals(code, 1, tag);
    assertStringIncludes(err, `needs to be v${version}`);
  }
});
