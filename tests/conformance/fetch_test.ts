// Suites are fetched by commit from a repository on this disk, and what has another hash is refused.
import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { checkout } from "./checkout.ts";
import { fetchAll } from "./fetch.ts";
import { type Source, SOURCES } from "./sources.ts";

/** Runs git in a repository; undefined where there is no git. */
async function git(cwd: string, ...args: string[]): Promise<string> {
  const names = [
    "-c",
    "user.name=t",
    "-c",
    "user.email=t@example.com",
    "-c",
    "core.autocrlf=false",
  ];
  const { success, stdout, stderr } = await new Deno.Command("git", {
    args: [...names, ...args],
    cwd,
  })
    .output();
  if (!success) throw new TypeError(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim();
}

/** A repository `owner/name` with these files, committed twice: the last commit has other ones. */
async function repository(root: string, files: Record<string, string>): Promise<string> {
  const folder = join(root, "owner/name");
  for (const [path, text] of Object.entries(files)) {
    await Deno.mkdir(join(folder, path, ".."), { recursive: true });
    await Deno.writeTextFile(join(folder, path), text);
  }
  await git(folder, "init", "--quiet");
  await git(folder, "add", "--all");
  await git(folder, "commit", "--quiet", "--message", "first");
  const commit = await git(folder, "rev-parse", "HEAD");
  for (const path of Object.keys(files)) await Deno.writeTextFile(join(folder, path), "changed");
  await git(folder, "commit", "--quiet", "--all", "--message", "second");
  return commit;
}

const FILES = {
  "test_parsing/y_one.json": "[1]\n",
  "test_parsing/n_\u00e4.json": "[\r\n",
  "test_parsing/other.txt": "no case",
};

async function withRepository(run: (root: string, source: Source) => Promise<void>): Promise<void> {
  const root = await Deno.makeTempDir({ prefix: "ferry suites " });
  try {
    const commit = await repository(root, FILES);
    const { cases } = SOURCES.find(({ suite }) => suite === "json-test-suite")!;
    await run(root, { suite: "s", repository: "owner/name", commit, licence: "MIT", cases });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

const sha256 = async (bytes: Uint8Array<ArrayBuffer>) =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();

Deno.test("a suite comes from the commit that is pinned, whatever was committed later", async () => {
  await withRepository(async (root, source) => {
    const out = join(root, "out");
    assertEquals(await fetchAll(out, [source], `${root}/`), true);
    const bytes = await Deno.readFile(join(out, "s/cases.json"));
    const { cases, ...about } = JSON.parse(new TextDecoder().decode(bytes));
    assertEquals(about, { suite: "s", source: `owner/name ${source.commit}`, licence: "MIT" });
    assertEquals(cases, [
      { id: "n_\u00e4.json", expect: "n", json: "[\r\n" },
      { id: "y_one.json", expect: "y", json: "[1]\n" },
    ]);
    const digest = await sha256(bytes);
    assertEquals(await fetchAll(out, [{ ...source, digest }], `${root}/`), true);
  });
});

Deno.test("a commit that is not there, and cases of another hash, are refused, and nothing is written", async () => {
  await withRepository(async (root, source) => {
    const out = join(root, "out");
    const commit = "0123456789".repeat(4);
    assertEquals(await fetchAll(out, [{ ...source, commit }], `${root}/`), false);
    const digest = "0".repeat(64);
    assertEquals(await fetchAll(out, [{ ...source, digest }], `${root}/`), false);
    assertEquals(await fetchAll(out, [{ ...source, repository: "a/b" }], `${root}/`), false);
    await assertRejects(() => Deno.stat(out), Deno.errors.NotFound);
  });
});

Deno.test("a branch is no pin", async () => {
  await withRepository((root) =>
    assertRejects(
      () => checkout(join(root, "owner/name"), "HEAD", join(root, "x")),
      TypeError,
      "needs a commit of forty hex digits, received HEAD",
    ).then(() => {})
  );
});

Deno.test("every suite is pinned to a commit", () => {
  for (const { suite, commit } of SOURCES) assertEquals(/^[0-9a-f]{40}$/.test(commit), true, suite);
});
