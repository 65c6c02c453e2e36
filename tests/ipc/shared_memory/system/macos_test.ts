// The calls of macOS, made to a stand-in for its library; `_macos_program.ts` says what that can show.
import { assertEquals, assertThrows } from "@std/assert";
import { fileURLToPath } from "node:url";
import { run } from "../../../_support/program.ts";

async function pretend(arch: string, scenario: string): Promise<void> {
  const path = fileURLToPath(new URL("_macos_program.ts", import.meta.url));
  const { out, err } = await run({ args: ["-A", path, arch, scenario] });
  assertEquals([out, err], ["done\n", ""]);
}

const ignore = Deno.build.os !== "linux";
for (const arch of ["aarch64", "x86_64"]) {
  Deno.test(
    `SharedMemory, macOS ${arch}: blocks have their mode and bytes, and all that was opened is closed`,
    {
      ignore,
    },
    async () => await pretend(arch, "bytes"),
  );

  Deno.test(`SharedMemory, macOS ${arch}: Apple's numbers become errors of the right class`, {
    ignore,
  }, async () => await pretend(arch, "errors"));

  Deno.test(`SharedMemory, macOS ${arch}: tracked names go when the program ends`, {
    ignore,
  }, async () => {
    await pretend(arch, "end");
    assertThrows(() => Deno.statSync(`/dev/shm/end_${arch}`), Deno.errors.NotFound);
    Deno.removeSync(`/dev/shm/stay_${arch}`);
  });
}
