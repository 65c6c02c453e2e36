/** Several processes on one shelf. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { open, ShelfBusyError } from "@ferry/std/persist/shelve";
import { child, Folder, outputOf } from "./_places.ts";

/** What both of two processes put out. Both have ended, however they ended. */
async function outputs(args: string[]): Promise<string[]> {
  const both = await Promise.allSettled([0, 1].map(() => outputOf(child("_child.ts", args))));
  return both.map((one) => {
    if (one.status === "rejected") throw one.reason;
    return one.value;
  });
}

for (
  const [task, backend] of [["increment", "kv"], ["increment", "sqlite"], [
    "incrementSync",
    "sqlite",
  ]] as const
) {
  Deno.test(`${task} on ${backend}: 300 increments of each of two processes are 600`, async () => {
    await using folder = new Folder();
    const path = folder.at("shelf");
    {
      await using shelf = await open<number>(path, { backend });
      await shelf.set("n", 0);
    }
    await outputs([task, backend, path, "300"]);
    await using shelf = await open<number>(path, { backend, flag: "r" });
    assertEquals(await shelf.get("n"), 600);
  });
}

for (const backend of ["kv", "sqlite"] as const) {
  Deno.test(`${backend}: two processes that make the same new shelf both succeed`, async () => {
    await using folder = new Folder();
    const path = folder.at("shelf");
    await outputs(["increment", backend, path, "20"]);
    await using shelf = await open<number>(path);
    assertEquals([shelf.kind, await shelf.get("n")], [backend, 40]);
  });

  Deno.test(`${backend}: popItem() of two processes gives each entry to one of them`, async () => {
    await using folder = new Folder();
    const path = folder.at("shelf");
    const keys = Array.from({ length: 120 }, (_, i) => `k${1000 + i}`);
    {
      await using shelf = await open(path, { backend });
      await shelf.update(keys.map((key, i) => [key, i] as const));
    }
    const popped = (await outputs(["pop", backend, path])).flatMap((text) => text.split("\n"));
    assertEquals(popped.filter((key) => key !== "").sort(), keys);
  });
}

for (const backend of ["kv", "sqlite"] as const) {
  Deno.test(`${backend}: a store that stays locked ends in a ShelfBusyError, and takes writes again`, async () => {
    await using folder = new Folder();
    const path = folder.at("shelf");
    await using shelf = await open<number>(path, { backend, busyTimeout: 100 });
    await shelf.set("n", 1);
    {
      using other = new DatabaseSync(path);
      other.exec("BEGIN IMMEDIATE");
      const error = await assertRejects(() => shelf.set("n", 2), ShelfBusyError, "100 ms");
      assert(error.attempts >= 1);
      assertEquals(await shelf.get("n"), 1);
    }
    await shelf.set("n", 3);
    assertEquals(await shelf.get("n"), 3);
  });
}
