/** Properties that load something, run something, or put an element in front of others. */
const REFUSED =
  /^(behavior|-.*|.*binding|position|z-index|pointer-events|content|cursor|filter|mask.*|.*image.*|all|src)$/;
/** Properties that run something in some browser. */
const NEVER = /^(behavior|.*binding|src)$/;
/** Values that may load or run something, or that hide what they are. */
const SUSPECT =
  /[\\<>@{}`&!]|\/\*|\*\/|(url|image|image-set|expression|element|paint|var|env|attr|src)\s*\(|javascript|vbscript|data:|progid|import/i;
/** Names of properties. */
const NAME = /^[a-z-]+$/;

/**
 * The declarations of a `style` that do no harm.
 *
 * @param style Value of the attribute.
 * @param properties The properties that may stay, if not the usual ones.
 * @returns The declarations, "" if there are none.
 */
export function cleanStyle(style: string, properties: ReadonlySet<string> | undefined): string {
  const mayStay = (name: string) =>
    properties === undefined ? !REFUSED.test(name) : properties.has(name) && !NEVER.test(name);
  // With these, where a declaration ends is not what it seems.
  // deno-lint-ignore no-control-regex
  if (/["'\\]|\/\*|[\0-\x08\x0b\x0e-\x1f]/.test(style)) return "";
  return style.split(";").map((declaration) => {
    const colon = declaration.indexOf(":");
    const name = declaration.slice(0, Math.max(0, colon)).trim().toLowerCase();
    const value = declaration.slice(colon + 1).trim();
    if (!NAME.test(name) || !mayStay(name) || value === "" || SUSPECT.test(value)) return "";
    return `${name}: ${value}`;
  }).filter((declaration) => declaration !== "").join("; ");
}
