// What README says about speed is in bench/results, and what it and the other documents link to is there and published.
import { assert, assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
// Loads a library of the system, which no test is to take for its own.
import "@ferry/std/ipc/shared-memory";

const ROOT = new URL("../../", import.meta.url);

type Figures = Record<string, number>;

/** How many times as fast a task is here, by whom it is compared with: medians of rounds, or the median of the rounds' ratios. */
async function ratios(file: string, task: string): Promise<Figures> {
  const text = await Deno.readTextFile(new URL(`bench/results/${file}`, ROOT));
  const { rows } = JSON.parse(text) as {
    rows: { task?: string; name?: string; figures?: Figures; ratios?: Figures }[];
  };
  const row = rows.find((row) => (row.task ?? row.name) === task);
  assert(row, `${file} has no ${task}`);
  if (row.ratios !== undefined) return row.ratios;
  const { ferry, ...others } = row.figures!;
  return Object.fromEntries(Object.entries(others).map(([who, time]) => [who, time / ferry!]));
}

/** Where each number of a row comes from, in its order. */
const SOURCES: Record<string, { file: string; peer: RegExp; tasks: string[] }> = {
  "`@std/csv`": {
    file: "csv.json",
    peer: /^@std\/csv/,
    tasks: ["csv rows, plain", "csv objects, plain", "csv write rows, plain"],
  },
  papaparse: {
    file: "csv.json",
    peer: /^papaparse/,
    tasks: ["csv rows, plain", "csv objects, plain", "csv write rows, plain"],
  },
  piscina: {
    file: "ipc.json",
    peer: /^piscina/,
    tasks: ["pool: apply, one at a time", "pool: apply, 1,000 in flight"],
  },
  pickleparser: {
    file: "pickle.json",
    peer: /^pickleparser/,
    tasks: ["loads, 1e6 ints", "loads, 1e5 records of 5", "loads, 1e5 unicode strings"],
  },
};

Deno.test("README's ratios are those of the results that are kept", async () => {
  const readme = await Deno.readTextFile(new URL("README.md", ROOT));
  const section = readme.split("## Why not what there is\n")[1]!.split("\n## ")[0]!;
  const rows = section.split("\n").filter((line) => line.startsWith("|")).slice(2)
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
  assertEquals(rows.map(([peer]) => peer), Object.keys(SOURCES));
  for (const [name, , said] of rows) {
    const { file, peer, tasks } = SOURCES[name!]!;
    const measured = await Promise.all(tasks.map(async (task) => {
      const row = await ratios(file, task);
      const other = Object.keys(row).find((who) => peer.test(who));
      assert(other, `${task} of ${file} has no ${name}`);
      return row[other]!.toFixed(1);
    }));
    assertEquals(said!.match(/\d+\.\d/g), measured, name);
  }
});

Deno.test("Links of the documents lead to files that are published with them", async () => {
  const config = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const outside: string[] = config.publish.exclude;
  let links = 0;
  const documents = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"];
  for (const { name } of Deno.readDirSync(new URL("docs/", ROOT))) documents.push(`docs/${name}`);
  for (const document of documents) {
    assert(!outside.some((place) => document === place || document.startsWith(`${place}/`)));
    const text = await Deno.readTextFile(new URL(document, ROOT));
    for (const [, link] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https:\/\/|^#/.test(link!)) continue;
      const target = new URL(link!, new URL(document, ROOT));
      assert((await Deno.stat(target)).isFile, `${document}: ${link}`);
      const path = fileURLToPath(target).slice(fileURLToPath(ROOT).length).replaceAll("\\", "/");
      const excluded = outside.find((place) => path === place || path.startsWith(`${place}/`));
      assertEquals(excluded, undefined, `${document}: ${link} is not published`);
      links++;
    }
  }
  assert(links > 5);
});

/** What a cell says that entry points export: "`a/b`: `x`, `y`; `z` of `a/c`". */
function namesOf(cell: string, entries: ReadonlySet<string>): [entry: string, name: string][] {
  const found: [string, string][] = [];
  let entry: string | undefined;
  for (const [, code, of] of cell.matchAll(/`([^`]+)`(?: of `([^`]+)`)?/g)) {
    const named = entries.has(code!) ? code! : undefined;
    entry = of ?? named ?? entry;
    if (named === undefined && entry !== undefined && /^\w+(\.\w+)*$/.test(code!)) {
      found.push([entry, code!]);
    }
  }
  return found;
}

Deno.test("README's table of what to use names entry points, and what they export", async () => {
  const config = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const entries = new Set(Object.keys(config.exports).map((key) => key.slice(2)));
  const readme = await Deno.readTextFile(new URL("README.md", ROOT));
  const section = readme.split("## Pick an API\n")[1]!.split("\n## ")[0]!;
  const rows = section.split("\n").filter((line) => line.startsWith("|")).slice(2);
  let names = 0;
  for (const row of rows) {
    const cell = row.split("|")[2]!;
    assert(
      [...cell.matchAll(/`([^`]+)`/g)].some(([, code]) => entries.has(code!)) ||
        /formats/.test(cell),
      cell,
    );
    for (const [entry, name] of namesOf(cell, entries)) {
      // Options, and other entry points of a folder that the text names.
      if (["proxyProtocol", "tls"].includes(name) || /under `formats\/`/.test(cell)) continue;
      const module = await import(`@ferry/std/${entry}`);
      let value: unknown = module;
      for (const part of name.split(".")) {
        const owner = value as Record<string, unknown> & { prototype?: Record<string, unknown> };
        value = owner[part] ?? owner.prototype?.[part];
      }
      assert(value !== undefined, `${entry} has no ${name}`);
      names++;
    }
  }
  assert(names > 60, `${names} names`);
});

/** Paths of all files that are part of the repository, by what is named in the documents. */
function* filesBelow(folder: URL, base = ""): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (/^(\.git|coverage|node_modules)$/.test(name)) continue;
    if (isDirectory) yield* filesBelow(new URL(`${name}/`, folder), `${base}${name}/`);
    else yield `/${base}${name}`;
  }
}

Deno.test("Files, folders and tasks that the documents name are there", async () => {
  const files = [...filesBelow(ROOT)];
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  // A pattern of names, and what tasks make.
  const others = new Set(["_x.ts", "built/", "coverage/"]);
  let named = 0;
  const documents = ["README.md", "CONTRIBUTING.md", "SECURITY.md"];
  for (const { name } of Deno.readDirSync(new URL("docs/", ROOT))) documents.push(`docs/${name}`);
  for (const document of documents) {
    const text = await Deno.readTextFile(new URL(document, ROOT));
    for (const [, path] of text.matchAll(/`([\w./-]+(?:\.(?:ts|yml)|\/))`/g)) {
      if (others.has(path!)) continue;
      const there = files.some((file) =>
        path!.endsWith("/") ? file.includes(`/${path}`) : file.endsWith(`/${path}`)
      );
      assert(there, `${document}: ${path} is not there`);
      named++;
    }
    for (const [, task] of text.matchAll(/deno(?:@[\d.]+)? task ([a-z:]+)/g)) {
      assert(task! in tasks, `${document}: there is no task ${task}`);
      named++;
    }
  }
  assert(named > 60, `${named} names`);
});

Deno.test("Every task has a description, and a place in CONTRIBUTING", async () => {
  const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const text = await Deno.readTextFile(new URL("CONTRIBUTING.md", ROOT));
  const section = text.split("## Running things\n")[1]!.split("\n## ")[0]!;
  for (const [task, { description }] of Object.entries<{ description?: string }>(tasks)) {
    assert(description, `${task} has no description`);
    assert(section.includes(`\`${task}\``), `CONTRIBUTING does not name ${task}`);
  }
});

Deno.test("README is no longer than two hundred lines", async () => {
  const readme = await Deno.readTextFile(new URL("README.md", ROOT));
  assert(readme.trimEnd().split("\n").length < 200);
});
