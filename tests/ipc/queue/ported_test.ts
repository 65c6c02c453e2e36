// What CPython's tests of queues check and the other tests here do not.
import { assertEquals } from "@std/assert";
import { Process, Queue } from "@ferry/std/ipc";
import { finish, LONG } from "../../_support/processes.ts";

const RECEIVED = ["to one who awaits", "to one who blocks"];

// CPython: test_no_import_lock_contention.
for (const name of ["_import_time_queue.ts", "_import_time_queue_importer.ts"]) {
  Deno.test(`Queue can be used while the module of a process is imported: ${name}`, async () => {
    using results = new Queue<unknown>();
    await using process = new Process({
      module: import.meta.resolve(`./${name}`),
      export: "report",
    }, {
      args: [results],
    });
    process.start();
    assertEquals(await results.get(LONG), RECEIVED);
    await finish(process);
  });

  Deno.test(`Queue can be used while a module is imported by the main process: ${name}`, async () => {
    using results = new Queue<unknown>();
    const { report } = await import(import.meta.resolve(`./${name}`));
    report(results);
    assertEquals(results.tryGet(), RECEIVED);
  });
}
