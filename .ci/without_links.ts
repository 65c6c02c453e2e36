/**
 * Runs a deno command in a copy of the package whose configuration has no `links`, so that the real packages of JSR are
 * used. Needs JSR. What is published is built first.
 *
 * `deno run -A .ci/without_links.ts test` runs the tests that way.
 */
import { conformanceFolder } from "../tests/_support/conformance_folder.ts";
import { buildPackage } from "./build/package.ts";
import { copyPackage } from "./copy_package.ts";

const copy = await copyPackage({ links: false, everything: true });
try {
  if (Deno.args[0] === "publish") await buildPackage(copy);
  const args = Deno.args[0] === "test" ? ["test", "-A", "--no-lock", "tests"] : Deno.args;
  const env: Record<string, string> = {};
  const suites = conformanceFolder();
  if (suites !== undefined) env["FERRY_CONFORMANCE"] = suites;
  const child = new Deno.Command(Deno.execPath(), { args, cwd: copy, env }).spawn();
  const { code } = await child.status;
  Deno.exitCode = code;
} finally {
  await Deno.remove(copy, { recursive: true });
}
