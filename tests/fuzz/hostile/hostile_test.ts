import { assertEquals } from "@std/assert";
import { EFFORT, seedFor } from "../../_support/random.ts";
import { run } from "./_run.ts";

Deno.test({
  name:
    "hostile pickles and marshalled values end in time, in little memory, with a value or an error",
  // What a process has taken is read where Linux tells it.
  ignore: Deno.build.os !== "linux",
}, async () => {
  const seed = seedFor("hostile");
  const { faults } = await run(seed, (inputs) => inputs < 50 * EFFORT);
  assertEquals(faults, []);
});
