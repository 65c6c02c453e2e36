// The calls of Windows, made to a stand-in for its library.
import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { run } from "../../../_support/program.ts";

async function pretend(scenario: string): Promise<void> {
  const path = fileURLToPath(new URL("_windows_program.ts", import.meta.url));
  const { out, err } = await run({ args: ["-A", path, scenario] });
  assertEquals([out, err], ["done\n", ""]);
}

const ignore = Deno.build.os !== "linux";
Deno.test("SharedMemory, Windows: a name lives as long as a handle is open, and all are closed", {
  ignore,
}, async () => await pretend("bytes"));

Deno.test(
  "SharedMemory, Windows: a name that is taken is seen, even one that was taken a moment ago",
  {
    ignore,
  },
  async () => await pretend("taken"),
);

Deno.test("SharedMemory, Windows: its error numbers become errors of the right class", {
  ignore,
}, async () => await pretend("errors"));
