// What processes leave behind in the eyes of `deno test` and of the program.
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { activeChildren, Process, SharedEvent } from "@ferry/std/ipc";
import { program } from "../../_support/program.ts";

const LONG = { timeout: 60_000 };
const CONFIG = fileURLToPath(new URL("../../../deno.json", import.meta.url));

Deno.test("Process.joinSync() at the end of a test leaves nothing for the sanitizers, in the next test neither", async () => {
  const folder = await Deno.makeTempDir({ prefix: "ferry-sanitizer-" });
  try {
    await Deno.writeTextFile(
      `${folder}/sample_test.ts`,
      `
      import { Process, Queue } from "@ferry/std/ipc";
      const targets = [
        () => {},
        () => 7,
        () => Deno.exit(3),
        () => { throw new RangeError("no"); },
        () => { for (;;); },
      ];
      for (let round = 0; round < 2; round++) {
        for (const target of targets) {
          for (const closes of [true, false]) {
            Deno.test(String(target) + closes + round, () => {
              const child = new Process(target);
              child.start();
              if (String(target).includes("for")) child.kill();
              if (!child.joinSync({ timeout: 20_000 })) throw new TypeError("it did not end");
              if (closes) child.close();
            });
          }
        }
        Deno.test("nothing" + round, () => {});
      }
      `,
    );
    const { code, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["test", "-A", "--no-check", "--config", CONFIG, folder],
      env: { NO_COLOR: "1" },
      signal: AbortSignal.timeout(100_000),
    }).output();
    const said = new TextDecoder().decode(stdout);
    assertEquals(code, 0, said);
    assertStringIncludes(said, "22 passed | 0 failed");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("activeChildren() lists those that run, before the event loop has told of the end of others", async () => {
  using go = new SharedEvent();
  const [ended, closed, killed] = [1, 2, 3].map(() =>
    new Process((go: SharedEvent) => void go.waitSync({ timeout: 20_000 }), { args: [go] })
  ) as [Process, Process, Process];
  using never = new SharedEvent();
  const other = new Process((never: SharedEvent) => never.waitSync(), { args: [never] });
  for (const child of [ended, closed, killed, other]) child.start();
  assertEquals(activeChildren().length, 4);
  killed.kill();
  assert(killed.joinSync(LONG));
  assertEquals(activeChildren().length, 3);
  go.set();
  assert(ended.joinSync(LONG) && closed.joinSync(LONG));
  assertEquals(activeChildren(), [other] as Process[]);
  closed.close();
  assertEquals(activeChildren(), [other] as Process[]);
  other.kill();
  for (const child of [ended, killed, other]) {
    assert(await child.join(LONG));
    child.close();
  }
  assertEquals(activeChildren(), []);
});

/** Counts open files of a kind that every thread of the runtime has. */
const FILES = `
  const files = () => {
    let count = 0;
    for (const { name } of Deno.readDirSync("/proc/self/fd")) {
      try {
        if (/event(fd|poll)/.test(Deno.readLinkSync("/proc/self/fd/" + name))) count++;
      } catch {
        // Closed meanwhile.
      }
    }
    return count;
  };
`;

for (
  const [what, target] of [
    ["a function", "() => { for (;;); }"],
    [
      "a module whose top-level await never ends",
      `{ module: "data:text/javascript,await new Promise(() => {}); export default () => {}" }`,
    ],
  ]
) {
  Deno.test({
    name:
      `Processes that run ${what}, stopped at any moment of their start, leave no files open and print nothing`,
    ignore: Deno.build.os !== "linux",
    async fn() {
      const { code, out, err } = await program(`
        import { Process } from "@ferry/std/ipc";
        ${FILES}
        const rounds = ${Deno.env.has("FERRY_STRESS") ? 600 : 40};
        const few = 4 + rounds / 100;
        let before = 0;
        for (let round = -5; round < rounds; round++) {
          if (round === 0) before = files();
          const child = new Process(${target});
          child.start();
          // Later and later, over about the time that a start takes.
          const until = performance.now() + (round % 15) * 3;
          while (performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 0));
          child.kill();
          if (!(await child.join({ timeout: 20_000 })) || child.exitCode !== -9) console.log("failed");
        }
        // A thread that has just ended may have files open for a moment longer.
        const deadline = performance.now() + 10_000;
        while (files() > before + few && performance.now() < deadline) {
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
        const left = files() - before;
        console.log(left <= few ? "few" : left);
      `);
      assertEquals([code, out, err], [0, "few\n", ""]);
    },
  });
}
