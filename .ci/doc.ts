/** The documentation of all entry points as HTML, in `coverage/doc`. */
import { ENTRIES, ROOT } from "./entries.ts";

await Deno.mkdir(`${ROOT}coverage`, { recursive: true });
const { code } = await new Deno.Command(Deno.execPath(), {
  args: ["doc", "--html", "--name=@ferry/std", "--output=coverage/doc", ...ENTRIES],
  cwd: ROOT,
}).spawn().status;
Deno.exit(code);
