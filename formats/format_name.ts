/** The formats that {@linkcode read}, {@linkcode write} and {@linkcode detect} know by name. */
export type FormatName =
  | "csv"
  | "tsv"
  | "json"
  | "jsonl"
  | "jsonc"
  | "json5"
  | "yaml"
  | "toml"
  | "msgpack";

const EXTENSIONS: ReadonlyMap<string, FormatName> = new Map([
  [".csv", "csv"],
  [".tsv", "tsv"],
  [".tab", "tsv"],
  [".json", "json"],
  [".geojson", "json"],
  [".jsonl", "jsonl"],
  [".ndjson", "jsonl"],
  [".jsonc", "jsonc"],
  [".json5", "json5"],
  [".yaml", "yaml"],
  [".yml", "yaml"],
  [".toml", "toml"],
  [".msgpack", "msgpack"],
  [".mpk", "msgpack"],
]);

/** Files whose extension says nothing, by name: the lock files of package managers. */
const FILES: ReadonlyMap<string, FormatName> = new Map([
  ["cargo.lock", "toml"],
  ["composer.lock", "json"],
  ["deno.lock", "json"],
  ["flake.lock", "json"],
  ["pdm.lock", "toml"],
  ["pipfile.lock", "json"],
  ["poetry.lock", "toml"],
  ["pubspec.lock", "yaml"],
  ["uv.lock", "toml"],
]);

const NAMES: ReadonlySet<string> = new Set(EXTENSIONS.values());

/** The format of a path by its extension or its file's name, in any case; undefined for unknown ones. */
export function formatOf(name: string): FormatName | undefined {
  // `rows.csv.gz` is CSV: the reader sees by the content that it is compressed.
  const inner = name.toLowerCase().replace(/\.gz$/, "");
  const file = FILES.get(
    inner.slice(Math.max(inner.lastIndexOf("/"), inner.lastIndexOf("\\")) + 1),
  );
  if (file !== undefined) return file;
  const dot = inner.lastIndexOf(".");
  return dot < 0 ? undefined : EXTENSIONS.get(inner.slice(dot));
}

/** The chosen format, or that of the name; refuses unknown ones and lists the known. */
export function requireFormat(
  action: string,
  path: string | URL,
  chosen: FormatName | undefined,
): FormatName {
  if (chosen !== undefined) {
    if (NAMES.has(chosen)) return chosen;
    throw new TypeError(
      `Cannot ${action} the format ${JSON.stringify(chosen)}: known are ${[...NAMES].join(", ")}`,
    );
  }
  const name = path instanceof URL ? path.pathname : path;
  const found = formatOf(name);
  if (found !== undefined) return found;
  throw new TypeError(
    `Cannot ${action} ${JSON.stringify(String(path))}: give a format, or one of the extensions ${
      [...EXTENSIONS.keys()].join(", ")
    }`,
  );
}
