import { assertEquals } from "@std/assert";
import { documentedOptions } from "../../_support/documented_options.ts";
import { ROWS } from "./rows.ts";

Deno.test("all functions and classes of the formats that take options are tested to refuse unknown ones", async () => {
  // `Deno.execPath` is used, so that this runs on Deno alone.
  const documented = await documentedOptions("formats");
  assertEquals(ROWS.map(({ name }) => name).sort(), documented);
});
