/** The pickles that CPython 3.13 made of 76 values in protocols 0 to 5, or none, said out loud, where they are absent. */
import { fileURLToPath } from "node:url";
export interface PickleVector {
  readonly name: string;
  readonly protocol: number;
  readonly pickle: Uint8Array<ArrayBuffer>;
}

interface VectorFile {
  readonly values: Record<string, { readonly pickles?: Record<string, unknown> }>;
}

const folder = Deno.env.get("FERRY_CONFORMANCE") ??
  fileURLToPath(new URL("../../../shared/conformance", import.meta.url));

/** All vectors. */
export function pickleVectors(): PickleVector[] {
  let text: string;
  try {
    text = Deno.readTextFileSync(`${folder}/pickle/vectors.json`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.log("skipped: pickle vectors not found, set FERRY_CONFORMANCE");
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
