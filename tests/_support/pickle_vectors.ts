/** The pickles that CPython 3.13 made of 76 values in protocols 0 to 5, or none, said out loud, where they are absent. */
import { conformanceFolder } from "./conformance_folder.ts";

export interface PickleVector {
  readonly name: string;
  readonly protocol: number;
  readonly pickle: Uint8Array<ArrayBuffer>;
}

interface VectorFile {
  readonly values: Record<string, { readonly pickles?: Record<string, unknown> }>;
}

const folder = conformanceFolder();

/** All vectors. */
export function pickleVectors(): PickleVector[] {
  let text: string;
  try {
    if (folder === undefined) throw new Deno.errors.NotFound("No public test suites");
    text = Deno.readTextFileSync(`${folder}/pickle/vectors.json`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.log("skipped: pickle vectors not found, deno run -A tests/conformance/fetch.ts");
    return [];
  }
  const { values } = JSON.parse(text) as VectorFile;
  return Object.entries(values).flatMap(([name, { pickles = {} }]) =>
    // Two values cannot be pickled in some protocols; the file says why instead.
    Object.entries(pickles).flatMap(([protocol, hex]) =>
      typeof hex !== "string"
        ? []
        : [{ name, protocol: Number(protocol), pickle: Uint8Array.fromHex(hex) }]
    )
  );
}
