/**
 * `deno doc --lint` on every entry point, and what it does not ask for: every entry point has a module comment, and what `new` shows in an
 * editor has an example, since that is the constructor's comment, not that of its class.
 */
import { ENTRIES, ROOT } from "./entries.ts";

/** As much of `deno doc --json` as is read here. */
interface Documented {
  readonly jsDoc?: { readonly doc?: string; readonly tags?: readonly { readonly kind: string }[] };
}

interface Declaration {
  readonly kind: string;
  readonly location: { readonly filename: string; readonly line: number };
  readonly def: {
    readonly isAbstract?: boolean;
    readonly extends?: string;
    readonly constructors?: readonly (Documented & { readonly accessibility?: string })[];
  };
}

interface Modules {
  readonly nodes: Record<
    string,
    { symbols: readonly { name: string; declarations: readonly Declaration[] }[] }
  >;
}

/** How the comment of a constructor begins that callers have no use for. */
const MADE = /^(Made (by|as)|Not for callers|Takes an open store)/;

/** Runs `deno doc`. */
async function doc(args: string[], stdout: "null" | "piped"): Promise<[boolean, string]> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["doc", ...args, ...ENTRIES],
    cwd: ROOT,
    stdout,
    // What is to be said about the modules has been said by the lint.
    stderr: stdout === "null" ? "inherit" : "null",
  });
  const output = await child.output();
  return [output.success, stdout === "piped" ? new TextDecoder().decode(output.stdout) : ""];
}

/** Where a constructor that is for callers has no example. */
function withoutExample({ nodes }: Modules): string[] {
  const found = new Set<string>();
  for (const { symbols } of Object.values(nodes)) {
    for (const { name, declarations } of symbols) {
      for (const { kind, location, def } of declarations) {
        if (kind !== "class" || def.isAbstract === true || location.filename.includes("/links/")) {
          continue;
        }
        // Callers catch errors.
        if (/Error$/.test(name) || /Error$/.test(def.extends ?? "")) continue;
        const documented = def.constructors?.filter(({ jsDoc }) => jsDoc?.doc !== undefined) ?? [];
        const has = documented.every(({ jsDoc }) =>
          MADE.test(jsDoc!.doc!) || jsDoc!.tags?.some(({ kind }) => kind === "example")
        );
        if (!has) found.add(`${location.filename}:${location.line + 1}: ${name}`);
      }
    }
  }
  return [...found];
}

const [linted] = await doc(["--lint"], "null");
let failed = !linted;
for (const entry of ENTRIES) {
  const text = await Deno.readTextFile(new URL(`../${entry}`, import.meta.url));
  if (/@module\b/.test(text)) continue;
  console.error(`${entry}: an entry point needs a comment with @module`);
  failed = true;
}
const [, json] = await doc(["--json"], "piped");
for (const place of withoutExample(JSON.parse(json) as Modules)) {
  console.error(`${place}: its constructor needs an @example, or a comment that says "Made by …"`);
  failed = true;
}
Deno.exit(failed ? 1 : 0);
