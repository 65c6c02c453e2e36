import { assertEquals } from "@std/assert";
import { run } from "./_program.ts";

Deno.test("a closure dumped with --allow-sys runs in a new process that has no permission", async () => {
  const dumped = await run("./_dump_closure.ts", ["--allow-sys"]);
  assertEquals([dumped.code, dumped.stderr], [0, ""]);
  const ran = await run("./_run_dump.ts", [], dumped.stdout);
  assertEquals([ran.code, ran.stderr], [0, ""]);
  assertEquals(JSON.parse(new TextDecoder().decode(ran.stdout)), {
    runs: 2,
    counts: { tea: 3, milk: 1, and: 1 },
    first: "tea",
    made: "b",
    fibonacci: 144,
  });
});

Deno.test("two programs dump the same graph to the same bytes", async () => {
  const [one, two] = await Promise.all([
    run("./_dump_closure.ts", ["--allow-sys"]),
    run("./_dump_closure.ts", ["--allow-sys"]),
  ]);
  assertEquals(one!.code, 0);
  assertEquals(one!.stdout, two!.stdout);
});

Deno.test("without permission data and given variables are dumped, and what is missing is named", async () => {
  const { code, stdout, stderr } = await run("./_dump_without_permission.ts", []);
  assertEquals([code, stderr], [0, ""]);
  assertEquals(JSON.parse(new TextDecoder().decode(stdout)), [
    ["rate", "value.gross"],
    119,
    1,
    1,
    ["value"],
  ]);
});
