/**
 * HTML into a tree: Ferry beside lxml.html, parse5, htmlparser2 (which does not follow the standard) and deno-dom (or what
 * stands for it) on pages of the documentation of Debian's packages. CPU time of whole processes, best of some rounds; the
 * first parse of a process is wall time, best of some processes.
 *
 * `deno run -A bench/markup/html/peers.ts`
 */
import { fileURLToPath } from "node:url";
import { CONFIG } from "../../config.ts";

const ROUNDS = 7;
/** Processes that parse for the first time. */
const STARTS = 5;
const FOLDER = "/usr/share/doc";

interface Result {
  version?: string;
  cold: number;
  pages: number;
  big: number;
  peak: number;
}

function pagesOn(machine: string): string[] {
  const found: string[] = [];
  const folders = [machine];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const { name, isDirectory, isFile } of Deno.readDirSync(folder)) {
      if (isDirectory) folders.push(`${folder}/${name}`);
      else if (isFile && name.endsWith(".html")) found.push(`${folder}/${name}`);
    }
  }
  return found.sort();
}

async function run(command: string, args: string[], stdin = ""): Promise<Result> {
  const child = new Deno.Command(command, { args, stdin: "piped", stdout: "piped" }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(stdin));
  await writer.close();
  const { stdout } = await child.output();
  return JSON.parse(new TextDecoder().decode(stdout));
}

const all = pagesOn(FOLDER).filter((path) => Deno.statSync(path).size > 4000);
if (all.length < 60) {
  console.log(`There are few pages in ${FOLDER}: install python3-doc`);
  Deno.exit(0);
}
const step = all.length / 60;
const pages = Array.from({ length: 60 }, (_, k) => all[Math.floor(k * step)]!);
const size = pages.reduce((sum, path) => sum + Deno.statSync(path).size, 0);

const temporary = await Deno.makeTempDir();
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
try {
  // One page of 5 MB: many pages, one behind another; and the first 128 KiB of a large one.
  const joined: Uint8Array[] = [];
  let length = 0;
  for (const path of all) {
    if (length > 5e6) break;
    joined.push(Deno.readFileSync(path));
    length += joined.at(-1)!.length;
  }
  const bytes = new Uint8Array(await new Blob(joined as BlobPart[]).arrayBuffer()).subarray(0, 5e6);
  const big = `${temporary}/big.html`;
  const cold = `${temporary}/cold.html`;
  await Deno.writeFile(big, bytes);
  await Deno.writeFile(cold, bytes.subarray(1e6, 1e6 + 131_072));

  const input = JSON.stringify({ pages, big, cold, rounds: ROUNDS });
  const coldOnly = JSON.stringify({ pages: [], big: "", cold, rounds: 0 });
  const peer = (name: string, given: string) =>
    run(Deno.execPath(), ["run", "-A", ...CONFIG, here("peer.ts"), name, given]);
  const python = (given: string) => run("/usr/bin/python3", [here("lxml_peer.py")], given);
  const results: [string, Result][] = [];
  /** Takes the result of a process, with the shortest first parse of several. */
  const measure = async (name: string, once: (given: string) => Promise<Result>) => {
    const result = await once(input);
    for (let start = 1; start < STARTS; start++) {
      result.cold = Math.min(result.cold, (await once(coldOnly)).cold);
    }
    results.push([result.version ?? name, result]);
    return result;
  };
  const lxml = await measure("lxml", python);
  for (const name of ["ferry", "htmlparser2", "parse5", "deno-dom"]) {
    await measure(name, (given) => peer(name, given));
  }

  console.log(
    `deno ${Deno.version.deno}, 60 pages of ${(size / 1e6).toFixed(1)} MB, one page of 5 MB`,
  );
  console.log(
    "parser          pages MB/s  x lxml    5 MB MB/s  x lxml    cold 128 KiB ms    RSS MB",
  );
  for (const [name, result] of results) {
    console.log(
      name.padEnd(16) + (size / 1000 / result.pages).toFixed(1).padStart(10) +
        (lxml.pages / result.pages).toFixed(2).padStart(8) +
        (5000 / result.big).toFixed(1).padStart(13) +
        (lxml.big / result.big).toFixed(2).padStart(8) +
        result.cold.toFixed(1).padStart(19) + (result.peak / 1e6).toFixed(0).padStart(10),
    );
  }
} finally {
  await Deno.remove(temporary, { recursive: true });
}
