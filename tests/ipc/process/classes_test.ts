// Instances of registered classes as arguments and results of processes.
import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { Process, SharedEvent } from "@ferry/std/ipc";
import { Point } from "./_classes.ts";

const LONG = { timeout: 60_000 };
const CLASSES = new URL("./_classes.ts", import.meta.url);

Deno.test("Process's arguments may be of a class that the module of its target registers", async () => {
  await using process = new Process<[Point], number>({ module: CLASSES, export: "lengthOf" }, {
    args: [new Point(3, 4)],
  });
  process.start();
  assertEquals(await process.result(LONG), 5);
});

Deno.test("Process.result() may be of a registered class", async () => {
  await using process = new Process({ module: CLASSES }, { args: [new Point(3, 4)] });
  process.start();
  const point = await process.result(LONG);
  assertInstanceOf(point, Point);
  assertEquals([point.x, point.y], [6, 8]);
});

for (const imports of [[CLASSES], [CLASSES.href], ["data:text/javascript,", CLASSES]]) {
  Deno.test(`A function's arguments may be of a class that one of its ${imports.length} imports registers, given as ${typeof imports[0]}`, async () => {
    await using process = new Process(
      (point: Point, points: Map<string, Point>) => [
        point.length,
        points.get("a")!.length,
        point === points.get("b"),
      ],
      {
        args: (() => {
          const point = new Point(3, 4);
          return [point, new Map([["a", new Point(6, 8)], ["b", point]])] as const;
        })(),
        imports,
      },
    );
    process.start();
    assertEquals(await process.result(LONG), [5, 10, true]);
  });
}

Deno.test("Process says which class of its arguments is not registered, and keeps running nothing", async () => {
  await using process = new Process((point: Point) => point.length, { args: [new Point(1, 2)] });
  process.start();
  await assertRejects(() => process.result(LONG), Error, "tests/Point");
  assertEquals(process.exitCode, 1);
});

Deno.test("Process ends with the error of an import that fails, before it decodes its arguments", async () => {
  using ran = new SharedEvent();
  await using process = new Process((ran: SharedEvent) => ran.set(), {
    args: [ran],
    imports: [new URL("./_broken.ts", import.meta.url)],
  });
  process.start();
  await assertRejects(() => process.result(LONG), RangeError, "broken at import");
  assert(!ran.isSet);
});

Deno.test("Process refuses imports that mean nothing in another worker", () => {
  assertThrows(
    () => new Process(() => {}, { imports: ["./classes.ts"] }),
    TypeError,
    'Cannot run module "./classes.ts" in another worker',
  );
});
