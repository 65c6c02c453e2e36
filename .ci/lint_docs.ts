/** `deno doc --lint` on every entry point, and a check that every entry point has a module comment. */
import { ENTRIES, ROOT } from "./entries.ts";

const { code } = await new Deno.Command(Deno.execPath(), {
  args: ["doc", "--lint", ...ENTRIES],
  cwd: ROOT,
  stdout: "null",
  stderr: "inherit",
}).output();
let failed = code !== 0;
for (const entry of ENTRIES) {
  const text = await Deno.readTextFile(new URL(`../${entry}`, import.meta.url));
  if (/@module\b/.test(text)) continue;
  console.error(`${entry}: an entry point needs a comment with @module`);
  failed = true;
}
Deno.exit(failed ? 1 : 0);
