/** Reorganizes a shelf with the permissions that the tests give it: `_reorganize_child.ts <path>`. */
import { open } from "@ferry/std/persist/shelve";

await using shelf = await open(Deno.args[0]!, { flag: "w" });
try {
  await shelf.reorganize();
  console.log("done", await shelf.size());
} catch (error) {
  if (!(error instanceof Deno.errors.NotCapable)) throw error;
  console.log(error.message, await shelf.size());
}
