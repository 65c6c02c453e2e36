/**
 * Runs files of tests on Node or Bun, and prints what failed: `run.ts [--without=name…] file…`. The exit code is 1 if anything did, or if there was
 * nothing to run.
 */
import { pathToFileURL } from "node:url";
import { tests } from "./deno.ts";

/** A test that takes longer has hung. */
const LONGEST = 180_000;

if ("Deno" in globalThis && !("Bun" in globalThis)) {
  throw new TypeError("This is for other runtimes");
}

interface Step {
  name: string;
  step(name: string, fn: (step: Step) => unknown): Promise<boolean>;
}

const context = (name: string): Step => ({
  name,
  async step(name, fn) {
    await fn(context(name));
    return true;
  },
});

let passed = 0;
let ignored = 0;
const failures: string[] = [];
const options = process.argv.slice(2).filter((arg) => arg.startsWith("--without="));
const without = new Set(options.map((option) => option.slice("--without=".length)));
for (const file of process.argv.slice(2 + options.length)) {
  tests.length = 0;
  await import(pathToFileURL(file).href);
  for (const { name, ignore, fn } of tests) {
    if (ignore || without.has(name)) {
      ignored++;
      continue;
    }
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new TypeError(`Not done in ${LONGEST} ms`)), LONGEST);
      });
      await Promise.race([fn(context(name)), late]);
      passed++;
    } catch (error) {
      failures.push(name);
      console.error(`FAILED ${name}\n  ${file}\n`, error);
    } finally {
      clearTimeout(timer);
    }
  }
}
console.log(`${passed} passed, ${failures.length} failed, ${ignored} ignored`);
process.exit(failures.length > 0 || passed === 0 ? 1 : 0);
