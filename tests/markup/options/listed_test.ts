import { assertEquals } from "@std/assert";
import { documentedOptions } from "../../_support/documented_options.ts";
import { OF_THE_PLATFORM, ROWS } from "./rows.ts";

Deno.test("all functions and classes of markup that take options are tested to refuse unknown ones", async () => {
  const documented = await documentedOptions("markup");
  assertEquals([...ROWS.map(({ name }) => name), ...OF_THE_PLATFORM].sort(), documented);
});
