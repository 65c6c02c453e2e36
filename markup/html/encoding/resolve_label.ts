/**
 * The standard's name of the encoding that a label stands for.
 *
 * @param label The label, as it is written somewhere.
 * @returns The name in small letters, `undefined` if the label stands for none.
 */
export function resolveLabel(label: string): string | undefined {
  const trimmed = label.replace(/^[\t\n\f\r ]+|[\t\n\f\r ]+$/g, "").toLowerCase();
  if (trimmed === "x-user-defined") return "x-user-defined";
  try {
    return new TextDecoder(trimmed).encoding;
  } catch {
    // What the platform knows is what the standard knows, but for the encoding that decodes nothing.
    return REPLACEMENT.includes(trimmed) ? "replacement" : undefined;
  }
}

const REPLACEMENT = [
  "csiso2022kr",
  "hz-gb-2312",
  "iso-2022-cn",
  "iso-2022-cn-ext",
  "iso-2022-kr",
  "replacement",
];
