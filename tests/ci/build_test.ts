// The package as it is published: what `deno task build` makes.
import { assert, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { run } from "../_support/program.ts";

const BUILD = fileURLToPath(new URL("../../.ci/build/main.ts", import.meta.url));

/** Builds it into a folder; `false` where the bundler cannot be had. */
async function built(folder: string): Promise<boolean> {
  const { code, err } = await run({ args: ["-A", BUILD, folder] });
  if (code !== 0 && /esbuild/.test(err) && /registry|download|sending request/i.test(err)) {
    console.log("skipped: the bundler cannot be downloaded");
    return false;
  }
  assertEquals(code, 0, err);
  return true;
}

/** Runs a test with folders that are removed at its end. */
async function withFolders(count: number, use: (...folders: string[]) => Promise<void>) {
  const root = await Deno.makeTempDir({ prefix: "ferry built " });
  try {
    await use(...Array.from({ length: count }, (_, i) => `${root}/${i}`));
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** Files of a built package's bundle, with their texts. */
async function bundleOf(folder: string): Promise<[string, string][]> {
  const files: [string, string][] = [];
  for await (const { name } of Deno.readDir(`${folder}/built`)) {
    files.push([name, await Deno.readTextFile(`${folder}/built/${name}`)]);
  }
  return files.sort(([a], [b]) => a < b ? -1 : 1);
}

/** The modules that importing a built package loads; with those that it may import later, if they count. */
async function graphOf(folder: string, later: boolean): Promise<Set<string>> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "built/mod.js"],
    cwd: folder,
    env: { NO_COLOR: "1" },
    signal: AbortSignal.timeout(120_000),
  }).output();
  const { roots, modules } = JSON.parse(new TextDecoder().decode(stdout)) as {
    roots: string[];
    modules: {
      specifier: string;
      dependencies?: { code?: { specifier: string }; isDynamic?: boolean }[];
    }[];
  };
  const reached = new Set(roots);
  for (const module of reached) {
    const { dependencies = [] } = modules.find(({ specifier }) => specifier === module) ?? {};
    for (const { code, isDynamic = false } of dependencies) {
      if (code !== undefined && (later || !isDynamic)) reached.add(code.specifier);
    }
  }
  return reached;
}

Deno.test("deno task build makes the same bytes each time", async () => {
  await withFolders(2, async (one, other) => {
    if (!await built(one!)) return;
    await built(other!);
    const files = await bundleOf(one!);
    assert(files.length > 20, `${files.length} files`);
    assertEquals(await bundleOf(other!), files);
  });
});

Deno.test("In the built package everything runs from the bundle, the boot module of processes too", async () => {
  await withFolders(1, async (folder) => {
    if (!await built(folder!)) return;
    const reached = await graphOf(folder!, true);
    const files = [...reached].filter((module) => module.startsWith("file:"));
    const own = files.filter((module) => !module.includes("/links/"));
    // What is loaded by its URL is embedded by deno compile only if the graph has it.
    for (const module of ["boot", "every_kind", "closure", "work"]) {
      assert(own.some((file) => file.endsWith(`/built/${module}.js`)), own.join());
    }
    assertEquals(own.filter((file) => !/\/built\/[^/]+$/.test(file)), []);
    const packages = [...reached].filter((module) => module.startsWith("npm:"));
    assertEquals(packages.filter((name) => /yaml@|json5|jsonc|smol/.test(name)), []);
  });
});

Deno.test("Classes have the same names in the built package", async () => {
  await withFolders(1, async (folder) => {
    if (!await built(folder!)) return;
    const exports = Object.keys(JSON.parse(await Deno.readTextFile(`${folder}/deno.json`)).exports);
    const source = `
      const seen = {};
      for (const entry of ${JSON.stringify(exports)}) {
        const module = await import("@ferry/std" + entry.slice(1));
        for (const [name, value] of Object.entries(module)) {
          if (typeof value === "function" && /^class[ {]/.test(Function.prototype.toString.call(value))) seen[entry + " " + name] = value.name;
        }
      }
      console.log(JSON.stringify(seen));`;
    const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
    const [sources, bundle] = await Promise.all(
      [config, `${folder}/deno.json`].map(async (file) => {
        const { out, err } = await run({ args: ["-A", "--config", file, "-"], stdin: source });
        assertEquals(err, "");
        return JSON.parse(out) as Record<string, string>;
      }),
    );
    assert(Object.keys(sources!).length > 150, `${Object.keys(sources!).length} classes`);
    assertEquals(bundle, sources);
  });
});

Deno.test("Importing the built package loads no module of Node", async () => {
  await withFolders(1, async (folder) => {
    if (!await built(folder!)) return;
    const loaded = await graphOf(folder!, false);
    assert(loaded.size > 50, `${loaded.size} modules`);
    assertEquals([...loaded].filter((module) => module.startsWith("node:")), []);
  });
});

const TARGETS = `
  import { Queue, registerClass, SharedValue } from "@ferry/std/ipc";
  import { Queue as Same } from "@ferry/std/ipc/queue";
  export class Point { x = 0; }
  registerClass("Point", Point, { encode: ({ x }) => x, decode: () => new Point() });
  export function same(queue: unknown, value: unknown, point: unknown) {
    return [queue instanceof Queue, value instanceof SharedValue, point instanceof Point, Queue === Same];
  }
`;

const PROGRAM = `
  import { Pool, Process, Queue, SharedValue, UnsendableError } from "@ferry/std/ipc";
  import { ipc } from "@ferry/std";
  import { Point } from "./targets.ts";
  using queue = new Queue();
  using value = new SharedValue("int32", 1);
  const module = new URL("./targets.ts", import.meta.url);
  await using process = new Process({ module, export: "same" }, { args: [queue, value, new Point()] });
  process.start();
  const captured = 20;
  await using closure = new Process((value: SharedValue<"int32">) => value.value + captured, {
    args: [value],
    capture: true,
  });
  closure.start();
  await using pool = new Pool({ processes: 1 });
  const error = await pool.apply(() => () => {}).catch((error) => error);
  console.log(
    JSON.stringify(await process.result({ timeout: 60_000 })),
    await closure.result({ timeout: 60_000 }),
    await pool.apply((n: number) => n + 1, [41]),
    error.constructor.name,
    error.cause instanceof UnsendableError,
    ipc.Queue === Queue,
  );
`;

Deno.test("In the built package every class is one, in processes and pools too", async () => {
  await withFolders(1, async (folder) => {
    if (!await built(folder!)) return;
    await Deno.writeTextFile(`${folder}/targets.ts`, TARGETS);
    await Deno.writeTextFile(`${folder}/main.ts`, PROGRAM);
    const { code, out, err } = await run({ args: ["-A", "--no-lock", `${folder}/main.ts`] });
    assertEquals(
      [code, out],
      [0, "[true,true,true,true] 21 42 ResultEncodingError true true\n"],
      err,
    );
  });
});
