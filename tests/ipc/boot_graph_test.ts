import { assert, assertEquals } from "@std/assert";
import { BrokenBarrierError, LockNotHeldError, Process, ProcessExitError } from "@ferry/std/ipc";
import { fileURLToPath } from "node:url";

const BOOT = fileURLToPath(new URL("../../ipc/process/_boot.ts", import.meta.url));

interface Dependency {
  code?: { specifier: string };
  isDynamic?: boolean;
}

/** The modules that run before a target whose arguments are plain values. */
async function bootModules(): Promise<string[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", BOOT],
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(60_000),
  }).output();
  const { roots, modules } = JSON.parse(new TextDecoder().decode(stdout));
  const dependencies = new Map<string, Dependency[]>(
    modules.map(({ specifier, dependencies = [] }: {
      specifier: string;
      dependencies?: Dependency[];
    }) => [specifier, dependencies]),
  );
  const found = new Set<string>(roots);
  for (const module of found) {
    for (const { code, isDynamic } of dependencies.get(module) ?? []) {
      if (code !== undefined && isDynamic !== true) found.add(code.specifier);
    }
  }
  return [...found];
}

Deno.test("A process with plain arguments loads neither the kinds of shared objects nor other areas", async () => {
  const modules = await bootModules();
  assert(modules.some((module) => module.endsWith("/ipc/message/messages.ts")));
  const heavy =
    /\/ipc\/(sync|queue|pipe|numbers|collections)\/|\/net\/|\/persist\/(?!options\.ts$)|\/reaper\/reaper\.ts$/;
  assertEquals(modules.filter((module) => heavy.test(module)), []);
});

Deno.test("A process that loads no shared objects still gets this package's errors as themselves", async () => {
  const errors = [
    new BrokenBarrierError(),
    new LockNotHeldError("notify"),
    new ProcessExitError("Process-1", 3),
  ];
  await using process = new Process(
    (errors: Error[]) => errors.map((error) => [error.constructor.name, error.message] as const),
    { args: [errors] },
  );
  process.start();
  assertEquals(
    await process.result({ timeout: 60_000 }),
    errors.map(({ name, message }) => [name, message]),
  );
});
