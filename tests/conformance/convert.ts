/** The files of each public suite, as the cases that the tests read. */
import { basename, join, relative } from "node:path";
import { parse } from "@ferry/std/markup/xml";
import type { Element } from "@ferry/std/markup";

type Named<T> = { id: string } & T;

/** Paths of all files below a folder, with slashes, in order. */
function filesBelow(folder: string, base = folder): string[] {
  return [...Deno.readDirSync(folder)].flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory) return filesBelow(path, base);
    return entry.isFile ? [relative(base, path).replaceAll("\\", "/")] : [];
  }).sort();
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
// Latin-1 keeps each byte.
const bytesOf = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
const latin1 = (bytes: Uint8Array) => Array.from(bytes, (b) => String.fromCharCode(b)).join("");

/** A file's text by a name, or its bytes by another where they are not UTF-8. */
function textOrBytes(path: string, name: string): Record<string, string> {
  const bytes = Deno.readFileSync(path);
  try {
    return { [name]: strict.decode(bytes) };
  } catch {
    return { [`${name}_base64`]: bytes.toBase64() };
  }
}

const read = (path: string): string => strict.decode(Deno.readFileSync(path));

function readIfThere(path: string): string | undefined {
  try {
    return read(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** `csvs/<name>.csv` and the rows that `json/<name>.json` says it has. */
export function csvSpectrum(folder: string): Named<{ csv: string; expected: unknown }>[] {
  return filesBelow(join(folder, "csvs")).filter((file) => file.endsWith(".csv")).map((file) => {
    const id = basename(file, ".csv");
    const expected: unknown = JSON.parse(read(join(folder, `json/${id}.json`)));
    return { id, csv: read(join(folder, "csvs", file)), expected };
  });
}

/** `test_parsing/y_…json` must be accepted, `n_` rejected, `i_` is left to the reader. */
export function jsonTestSuite(folder: string): Named<{ expect: string }>[] {
  return filesBelow(join(folder, "test_parsing")).filter((file) => /^[yni]_.*\.json$/.test(file))
    .map((id) => ({
      id,
      expect: id[0]!,
      ...textOrBytes(join(folder, "test_parsing", id), "json"),
    }));
}

/** `tests/files-toml-<version>` lists the files of a version; a valid one has its value beside it. */
export function tomlTest(folder: string): Named<{ versions: string[]; valid: boolean }>[] {
  const versions = new Map<string, string[]>();
  for (const version of ["1.0.0", "1.1.0"]) {
    for (const file of read(join(folder, `tests/files-toml-${version}`)).split("\n")) {
      if (file.endsWith(".toml")) versions.set(file, [...versions.get(file) ?? [], version]);
    }
  }
  return [...versions].sort(([a], [b]) => a < b ? -1 : 1).map(([id, versions]) => {
    const path = join(folder, "tests", id);
    const valid = id.startsWith("valid/");
    const expected = valid && { expected: JSON.parse(read(path.replace(/\.toml$/, ".json"))) };
    return { id, versions, valid, ...textOrBytes(path, "toml"), ...expected };
  });
}

/** A folder for each case, or one within for each part: the text, its values, or that it is wrong. */
export function yamlTestSuite(folder: string): Named<{ error: boolean; yaml: string }>[] {
  return filesBelow(folder).filter((file) => /^[A-Z0-9]{4}\/(\d+\/)?in\.yaml$/.test(file))
    .map((file) => {
      const place = join(folder, file, "..");
      const json = readIfThere(join(place, "in.json"));
      return {
        id: file.slice(0, -"/in.yaml".length),
        error: readIfThere(join(place, "error")) !== undefined,
        yaml: read(join(folder, file)),
        label: read(join(place, "===")).trim(),
        ...json !== undefined && { json },
      };
    });
}

/** All cases are in one file: a value by the name of its type, perhaps by others, too, and its encodings. */
export function msgpackTestSuite(folder: string): Named<{ type: string; msgpack: string[] }>[] {
  const groups: Record<string, Record<string, unknown>[]> = JSON.parse(
    read(join(folder, "dist/msgpack-test-suite.json")),
  );
  return Object.entries(groups).flatMap(([file, cases]) =>
    cases.map(({ msgpack, ...values }, index) => {
      const [type, ...others] = Object.keys(values);
      const alternatives = Object.fromEntries(others.map((name) => [name, values[name]]));
      const id = `${file}/${index}`;
      return { id, type: type!, value: values[type!], alternatives, msgpack: msgpack as string[] };
    })
  );
}

/** Sections of the cases of a `.dat` file, by name, as Latin-1. A section ends where the next begins, without the line end before. */
function sectionsOf(text: string): Record<string, string>[] {
  return text.split(/(?<=^|\n)#data\n/).slice(1).map((part) => {
    const sections: Record<string, string> = {};
    const heading =
      /(?:^|\n)#(errors|new-errors|document-fragment|document|script-on|script-off|encoding)\n/;
    let name = "data";
    for (const piece of part.split(new RegExp(heading.source, "g")).entries()) {
      if (piece[0] % 2 === 1) name = piece[1];
      else sections[name] = piece[1];
    }
    return sections;
  });
}

/** Trees that a parser without scripts makes. */
export function html5Trees(folder: string): Named<{ data: string; document: string }>[] {
  const place = join(folder, "tree-construction");
  return filesBelow(place).filter((file) => /^[^/]+\.dat$/.test(file)).flatMap((file) =>
    sectionsOf(latin1(Deno.readFileSync(join(place, file)))).flatMap((sections, index) => {
      if ("script-on" in sections) return [];
      const text = (name: string) => strict.decode(bytesOf(sections[name]!));
      const fragment = "document-fragment" in sections &&
        { fragment: text("document-fragment").trim() };
      const document = text("document").replace(/\n+$/, "");
      return [{ id: `${file}#${index}`, data: text("data"), document, ...fragment }];
    })
  );
}

/** Bytes, and the label that the sniffer comes to. */
export function html5Encoding(folder: string): Named<{ html_base64: string; encoding: string }>[] {
  const place = join(folder, "encoding");
  return filesBelow(place).filter((file) => /^[^/]+\.dat$/.test(file)).flatMap((file) =>
    sectionsOf(latin1(Deno.readFileSync(join(place, file)))).map((sections, index) => ({
      id: `${file}#${index}`,
      html_base64: bytesOf(sections["data"]!).toBase64(),
      encoding: sections["encoding"]!.trim(),
    }))
  );
}

/** Documents of XML 1.0, fifth edition, with namespaces, that need no other file. */
export function xmlConformance(folder: string): Named<{ type: string; xml_base64: string }>[] {
  const list = filesBelow(folder).find((file) => file.endsWith("cleaned/xmlconf-flattened.xml"));
  if (list === undefined) {
    throw new Deno.errors.NotFound("Cannot find cleaned/xmlconf-flattened.xml in the XML suite");
  }
  const root = join(folder, list, "../../xmlconf");
  const text = read(join(folder, list)).replace(/<!DOCTYPE.*?\]>/s, "");
  const cases: Named<{ type: string; xml_base64: string }>[] = [];
  const visit = (element: Element, base: string): void => {
    for (const child of element) {
      const at = child.get("{http://www.w3.org/XML/1998/namespace}base") ?? "";
      if (child.tag !== "TEST") visit(child, join(base, at));
      else if (isStandalone(child)) {
        const bytes = Deno.readFileSync(join(base, child.get("URI")!));
        if (/<!(DOCTYPE|ENTITY)[^[>]*\s(SYSTEM|PUBLIC)\s/.test(latin1(bytes))) continue;
        const output = child.get("OUTPUT");
        const canonical = output === undefined ? "" : latin1(Deno.readFileSync(join(base, output)));
        // The second canonical form has notations, of which a tree knows nothing.
        const comparable = canonical !== "" && !canonical.includes("<!DOCTYPE");
        cases.push({
          id: child.get("ID")!,
          type: child.get("TYPE")!,
          ...{ desc: [...child.iterText()].join("").replace(/\s+/g, " ").trim() },
          xml_base64: bytes.toBase64(),
          ...comparable && { canonical_base64: bytesOf(canonical).toBase64() },
        });
      }
    }
  };
  visit(parse(text), root);
  return cases;
}

function isStandalone(test: Element): boolean {
  const about = `${test.get("VERSION") ?? ""} ${test.get("RECOMMENDATION") ?? ""}`;
  return test.get("TYPE") !== "error" && test.get("NAMESPACE") !== "no" &&
    !/(^| )1\.1|XML1\.1|NS1\.1/.test(about) &&
    (test.get("EDITION") ?? "5").split(" ").includes("5");
}
