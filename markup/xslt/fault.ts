/** A fault that libxslt has found. */
export interface XsltFault {
  /** What is wrong. */
  readonly message: string;
  /** Line, `undefined` if it is not known. */
  readonly line: number | undefined;
  /** Address of the stylesheet or document. */
  readonly url: string | undefined;
}

const PLACE = /^(?:compilation|runtime) error: (?:file (\S+) )?(?:line (\d+) )?(?:element (\S+))?/;

/** The faults among lines that libxslt has printed. */
export function faultsIn(lines: readonly string[]): XsltFault[] {
  const faults: XsltFault[] = [];
  const all = lines.flatMap((line) => line.split("\n")).filter((line) => line.trim() !== "");
  for (let i = 0; i < all.length; i++) {
    const match = PLACE.exec(all[i]!);
    if (match === null) {
      faults.push({ message: all[i]!, line: undefined, url: undefined });
      continue;
    }
    const [, url, line] = match;
    faults.push({
      message: all[++i] ?? all[i - 1]!,
      line: line === undefined ? undefined : Number(line),
      url,
    });
  }
  return faults;
}

/**
 * A stylesheet that is wrong, or that has ended itself.
 *
 * @example Where it is wrong
 * ```ts
 * import { Xslt, XsltError } from "@ferry/std/markup/xslt";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * using sheet = new Xslt(`<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
 *   <xsl:template match="/"><xsl:value-of select="a["/></xsl:template>
 * </xsl:stylesheet>`);
 * const error = await assertRejects(() => sheet.transform("<a/>"), XsltError);
 * assertEquals(error.line, 2);
 * ```
 */
export class XsltError extends Deno.errors.InvalidData {
  /** Name of the class. */
  override readonly name: string = "XsltError";
  /** What libxslt has found, in its order. */
  readonly faults: readonly XsltFault[];

  /**
   * An error.
   *
   * @param message What was attempted.
   * @param faults What libxslt has found.
   */
  constructor(message: string, faults: readonly XsltFault[]) {
    // A stylesheet that ends itself says why at last.
    const first = faults.find(({ line }) => line !== undefined) ?? faults.at(-1);
    super(
      first === undefined
        ? message
        : `${message}: ${first.message.trim()}${
          first.line === undefined ? "" : ` (line ${first.line})`
        }`,
    );
    this.faults = faults;
  }

  /** Line of the first fault that has one. */
  get line(): number | undefined {
    return this.faults.find(({ line }) => line !== undefined)?.line;
  }
}
