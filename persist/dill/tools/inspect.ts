import { checkOptions } from "../../options.ts";
import { unpack, VERSION } from "../format/container.ts";
import { MAX_BYTES, parseBody } from "../format/parse_body.ts";
import { LIMIT_RULES, type LoadLimits } from "../options.ts";

/** A function or class in a dump. */
export interface DumpedCode {
  /** How its text is to be read: getters, setters and methods make sense in an object only. */
  readonly form: "function" | "arrow" | "class" | "method" | "getter" | "setter";
  /** Its name; empty if it has none. */
  readonly name: string;
  /** Its text. */
  readonly source: string;
  /** The variables it captures. */
  readonly captures: readonly string[];
}

/** What a dump would do. */
export interface DumpSummary {
  /** Version of the format. */
  readonly version: number;
  /** Whether it is signed. The signature is not checked here. */
  readonly signed: boolean;
  /** Length in bytes. */
  readonly byteLength: number;
  /** Functions and classes that would be made. Classes are evaluated when the dump is loaded. */
  readonly code: readonly DumpedCode[];
  /** Modules that would be imported, and the exports used; `*` is the namespace. */
  readonly modules: readonly { readonly specifier: string; readonly exports: readonly string[] }[];
  /** Parts of the runtime that are referred to: `Deno.readTextFile`. */
  readonly globals: readonly string[];
  /** How many objects have a number. */
  readonly objects: number;
}

/**
 * Lists what loading a dump would run and import. Runs and imports nothing.
 *
 * @param bytes The dump.
 * @param limits Limits.
 * @returns What is in it.
 * @throws {TypeError} If it is no `Uint8Array`.
 * @throws {RangeError} If a limit is no positive integer.
 * @throws {LoadError} If it is no dump.
 *
 * @example Look before you load
 * ```ts
 * import { dumps, inspect } from "@ferry/std/persist/dill";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = "/tmp";
 * const bytes = await dumps(() => Deno.readDirSync(folder));
 * const { code } = inspect(bytes);
 * assertEquals(code[0]!.source, "()=>Deno.readDirSync(folder)");
 * assertEquals(code[0]!.captures, ["folder"]);
 * ```
 */
export function inspect(bytes: Uint8Array, limits: LoadLimits = {}): DumpSummary {
  checkOptions("Cannot inspect a dump", limits, LIMIT_RULES);
  const container = unpack(bytes, limits.maxBytes ?? MAX_BYTES);
  const body = parseBody(container, limits);
  const used = body.modules.map(() => new Set<string>());
  const globals: string[] = [];
  for (const [kind, payload] of body.objects) {
    if (kind === "global") globals.push(pathText(payload));
    else if (kind === "module" && Array.isArray(payload)) {
      used[payload[0]]?.add(pathText(payload[1]) || "*");
    }
  }
  return {
    version: VERSION,
    signed: container.signed,
    byteLength: bytes.length,
    code: body.code.map(({ form, name, source, captures }) => ({
      form,
      name: name ?? "",
      source,
      captures: captures.map((number) => body.cells[number]?.[0] ?? ""),
    })),
    modules: body.modules.map((specifier, i) => ({ specifier, exports: [...used[i]!] })),
    globals,
    objects: body.objects.length,
  };
}

function pathText(path: unknown): string {
  return Array.isArray(path) ? path.join(".") : "";
}
