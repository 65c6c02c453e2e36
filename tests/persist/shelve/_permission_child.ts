/** Uses a shelf with the permissions that the tests give it: `_permission_child.ts <path or URL> [backend] [folder]`. */
import { open, type OpenOptions } from "@ferry/std/persist/shelve";

const [target, backend, folder] = Deno.args as [string, string?, string?];
const options = (backend ? { backend } : {}) as OpenOptions<unknown>;
{
  await using shelf = await open<unknown>(target, options);
  await shelf.set("a", 1);
  await shelf.update({ b: new Uint8Array(200_000), c: 3 });
  await shelf.set("d", 4, { expireIn: 60_000 });
  await shelf.transaction(async (tx) => tx.set("c", await tx.get("a")));
  const watched = shelf.watch(["a"]);
  await watched.next();
  await watched.return();
  await shelf.reorganize();
  if (folder) {
    await shelf.backup(`${folder}/copy`);
    await shelf.exportTo(`${folder}/lines`);
    await shelf.importFrom(`${folder}/lines`);
    await using copy = await open(`${folder}/copy`, { flag: "r" });
    if (await copy.size() !== 4) throw new TypeError("not a copy");
  }
}
if (target !== ":memory:") {
  await using shelf = await open(target, { ...options, flag: "w" });
  if (await shelf.size() !== 4) throw new TypeError("something was lost");
  await shelf.clear();
}
console.log("done");
