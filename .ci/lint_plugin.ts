/**
 * House rules that the stock linter does not know.
 *
 * - `ferry/import-direction`: areas import one way (`mod.ts -> ipc -> net -> persist`, `formats` and `markup` are
 *   leaves), `_x.ts` files only inside their own folder, and tests, benchmarks and examples only the published names.
 *   Types count, and so do `import()` and `require()`, where the specifier is written down.
 * - `ferry/room-order`: rooms of an area import lower rooms only, see `rooms.ts`.
 * - `ferry/kill-safe`: what a kill must not tear, see `kill_safe_rule.ts`.
 * - `ferry/no-private`: `#field`, never the `private` keyword.
 * - `ferry/no-plain-error`: library code throws a class a caller can catch, and so does not even make a bare `Error`.
 * - `ferry/no-console`: library code does not print.
 */
import { fileURLToPath } from "node:url";
import { killSafe } from "./kill_safe_rule.ts";
import { wrongRoom } from "./rooms.ts";

const AREAS = ["ipc", "net", "persist", "formats", "markup"] as const;
type Area = typeof AREAS[number];

/** What each area may import besides itself. */
const MAY_IMPORT: Record<Area, readonly Area[]> = {
  ipc: ["net", "persist"],
  net: ["persist"],
  persist: [],
  formats: [],
  markup: [],
};

const OUTSIDE = ["tests", "bench", "examples"] as const;

interface Place {
  readonly area: Area | undefined;
  readonly outside: string | undefined;
  /** Folder of the file, relative to the package root, `/`-separated. */
  readonly path: string;
}

/** The package root, `/`-separated, as file names begin. */
const ROOT = fileURLToPath(new URL("..", import.meta.url)).replaceAll("\\", "/");

function locate(filename: string): Place {
  const path = filename.replaceAll("\\", "/");
  const parts = (path.startsWith(ROOT) ? path.slice(ROOT.length) : path).split("/");
  // The last matching component is the area: a checkout may itself live below a folder named "tests".
  for (let i = parts.length - 2; i >= 0; i--) {
    const name = parts[i]!;
    const path = parts.slice(i).join("/");
    if ((OUTSIDE as readonly string[]).includes(name)) {
      return { area: undefined, outside: name, path };
    }
    if ((AREAS as readonly string[]).includes(name)) {
      const above = parts[i - 1];
      if (above !== undefined && (OUTSIDE as readonly string[]).includes(above)) continue;
      if (above === "links") continue;
      return { area: name as Area, outside: undefined, path };
    }
  }
  return { area: undefined, outside: undefined, path: parts.at(-1) ?? "" };
}

/** Resolves a relative specifier against a `/`-separated file path. */
function resolve(from: string, specifier: string): string | undefined {
  const out = from.split("/").slice(0, -1);
  for (const part of specifier.split("/")) {
    if (part === "..") {
      if (out.length === 0) return undefined;
      out.pop();
    } else if (part !== ".") out.push(part);
  }
  return out.join("/");
}

/** A specifier as far as it is written down, with `*` for what is not: an expression in a template. */
function specifierOf(source: Deno.lint.Node): string | undefined {
  if (source.type === "Literal") {
    return typeof source.value === "string" ? source.value : undefined;
  }
  if (source.type === "TSLiteralType") return specifierOf(source.literal);
  if (source.type !== "TemplateLiteral") return undefined;
  return source.quasis.map(({ cooked }) => cooked).join("*");
}

/** Where a file that a specifier names lies: its folder and its name. */
function split(path: string): { folder: string; file: string } {
  const at = path.lastIndexOf("/") + 1;
  return { folder: path.slice(0, at), file: path.slice(at) };
}

function checkImport(context: Deno.lint.RuleContext, source: Deno.lint.Node): void {
  const specifier = specifierOf(source);
  if (specifier === undefined) return;
  const place = locate(context.filename);
  const report = (message: string, hint: string) => context.report({ node: source, message, hint });
  const relative = specifier.startsWith(".");
  if (place.outside !== undefined) {
    if (!relative) return;
    const target = resolve(place.path, specifier);
    if (target === undefined || !target.startsWith(place.outside)) {
      report(
        `${place.outside}/ reaches into the package through "${specifier}"`,
        'Import the package by its own name, as users do: "@ferry/std/ipc".',
      );
    }
    return;
  }
  if (!relative) {
    if (place.area !== undefined && specifier.startsWith("@ferry/std")) {
      report(
        `Library code imports the package by name: "${specifier}"`,
        "Use a relative path.",
      );
    }
    return;
  }
  const reportInternal = (folder: string) =>
    report(
      `"${specifier}" is internal to ${folder}`,
      "Files named _x.ts are used only inside their own folder.",
    );
  if (place.area === undefined) {
    const { folder, file } = split(specifier);
    if (file.startsWith("_") && folder !== "./") reportInternal(folder);
    return;
  }
  const target = resolve(place.path, specifier);
  const area = target?.split("/")[0];
  if (
    area === undefined ||
    (area !== place.area && !(MAY_IMPORT[place.area] as readonly string[]).includes(area))
  ) {
    report(
      `${place.area}/ must not import "${specifier}"`,
      "Imports point one way: mod.ts -> ipc -> net -> persist; formats and markup import no other area.",
    );
    return;
  }
  const { folder, file } = split(target!);
  if (file.startsWith("_") && folder !== split(place.path).folder) reportInternal(folder);
}

function checkRoom(context: Deno.lint.RuleContext, source: Deno.lint.Node): void {
  const specifier = specifierOf(source);
  if (specifier === undefined || !specifier.startsWith(".")) return;
  const { area, path } = locate(context.filename);
  const target = resolve(path, specifier);
  const message = area === undefined || target === undefined ? undefined : wrongRoom(path, target);
  if (message === undefined) return;
  context.report({ node: source, message, hint: "The order of rooms is in .ci/rooms.ts." });
}

type Check = (context: Deno.lint.RuleContext, source: Deno.lint.Node) => void;

/** A rule about every module that a file names. */
function importRule(check: Check): Deno.lint.Rule {
  return {
    create: (context) => ({
      ImportDeclaration: (node) => check(context, node.source),
      ExportAllDeclaration: (node) => check(context, node.source),
      ExportNamedDeclaration: (node) => {
        if (node.source) check(context, node.source);
      },
      ImportExpression: (node) => check(context, node.source),
      TSImportType: (node) => check(context, node.argument),
      TSExternalModuleReference: (node) => check(context, node.expression),
    }),
  };
}

/** `Error`, or `globalThis.Error` under any of its names. */
function isPlainError(callee: Deno.lint.Node): boolean {
  if (callee.type === "Identifier") return callee.name === "Error";
  if (callee.type !== "MemberExpression" || callee.object.type !== "Identifier") return false;
  const { object, property } = callee;
  return /^(globalThis|self|window)$/.test(object.name) && (
    property.type === "Identifier" && !callee.computed && property.name === "Error" ||
    property.type === "Literal" && property.value === "Error"
  );
}

const plugin: Deno.lint.Plugin = {
  name: "ferry",
  rules: {
    "import-direction": importRule(checkImport),
    "room-order": importRule(checkRoom),
    "kill-safe": killSafe,
    "no-private": {
      create(context) {
        const check = (
          node: Deno.lint.PropertyDefinition | Deno.lint.MethodDefinition,
        ) => {
          if (node.accessibility === "private") {
            context.report({ node, message: "`private` is erased at run time", hint: "Use #name" });
          }
        };
        return {
          PropertyDefinition: check,
          MethodDefinition: check,
        };
      },
    },
    "no-plain-error": {
      create(context) {
        if (locate(context.filename).area === undefined) return {};
        // Wherever it is made: what it becomes later, thrown or a reason of a rejection, is not always to be seen.
        const check = (node: Deno.lint.NewExpression | Deno.lint.CallExpression) => {
          if (!isPlainError(node.callee)) return;
          context.report({
            node,
            message: "A plain Error cannot be caught by class",
            hint:
              "Throw a TypeError, RangeError, SyntaxError, Deno.errors.* or an exported subclass.",
          });
        };
        return { NewExpression: check, CallExpression: check };
      },
    },
    "no-console": {
      create(context) {
        if (locate(context.filename).area === undefined) return {};
        return {
          MemberExpression(node) {
            if (node.object.type === "Identifier" && node.object.name === "console") {
              context.report({ node, message: "Library code does not print" });
            }
          },
        };
      },
    },
  },
};

export default plugin;
