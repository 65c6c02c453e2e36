/** Which functions, classes and methods of an area take options, by the package's documentation. */
interface Documented {
  name: string;
  location?: { filename: string };
  params?: unknown[];
  functionDef?: Documented;
  def?: Documented & {
    constructors?: Documented[];
    methods?: Documented[];
    elements?: Symbols[];
  };
}

interface Symbols {
  name: string;
  declarations: (Documented & { kind: string })[];
}

/** Whether one of the parameters is the options. */
function takesOptions(params: readonly unknown[] = []): boolean {
  return params.some((param) => {
    const { name, left } = param as { name?: string; left?: { name?: string } };
    return (name ?? left?.name) === "options" || /"\w*Options"/.test(JSON.stringify(param));
  });
}

/**
 * Finds them.
 *
 * @param area The area.
 * @returns Their names, with the file that they are in: `csv/parse.ts parse`, `csv/dialect.ts new Dialect`. Errors are
 * left out: what their constructors are given is the error.
 */
export async function documentedOptions(area: string): Promise<string[]> {
  const root = new URL("../../", import.meta.url);
  const folder = new URL(`${area}/`, root).href;
  const config = JSON.parse(await Deno.readTextFile(new URL("deno.json", root))) as {
    exports: Record<string, string>;
  };
  const files = Object.entries(config.exports)
    .filter(([key, file]) => key.startsWith(`./${area}`) && file.endsWith(".ts"))
    .map(([, file]) => file);
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", ...files],
    cwd: root,
    stderr: "inherit",
  }).output();
  if (code !== 0) throw new TypeError(`deno doc failed with code ${code}`);
  const { nodes } = JSON.parse(new TextDecoder().decode(stdout)) as {
    nodes: Record<string, { symbols: Symbols[] }>;
  };
  const found = new Set<string>();
  const visit = ({ name, declarations }: Symbols): void => {
    for (const { kind, location, def } of declarations) {
      const { filename } = location!;
      // Others are re-exports, as of the standard library's packages.
      if (!filename.startsWith(folder)) continue;
      const file = filename.slice(folder.length);
      const add = (what: string, params: unknown[] | undefined) => {
        if (takesOptions(params)) found.add(`${file} ${what}`);
      };
      if (kind === "function") add(name, def!.params);
      if (kind === "class" && !name.endsWith("Error")) {
        for (const made of def!.constructors ?? []) add(`new ${name}`, made.params);
        for (const method of def!.methods ?? []) {
          add(`${name}.${method.name}`, method.functionDef!.params);
        }
      }
      for (const element of def?.elements ?? []) visit(element);
    }
  };
  for (const { symbols } of Object.values(nodes)) symbols.forEach(visit);
  return [...found].sort();
}
