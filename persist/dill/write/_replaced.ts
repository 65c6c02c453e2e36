import type { FunctionItem } from "./_items.ts";

/** Whether a place in a text is replaced by what it gave when the function or class was made. */
export function isReplaced({ parts, source }: FunctionItem, position: number): boolean {
  if (parts === undefined) {
    const { computedKey, offset } = source;
    return computedKey !== undefined && computedKey.start - offset <= position &&
      position < computedKey.end - offset;
  }
  const { heritage, methods, fields, staticBlocks } = parts.source;
  const spans = [heritage?.span, ...staticBlocks];
  for (const method of methods) {
    if (method.key && parts.keys.has(method.key[0])) spans.push(method.key);
  }
  for (const field of fields) {
    if (!field.isStatic) continue;
    spans.push(field.privateName === undefined ? field.span : field.initialiser);
  }
  return spans.some((span) => span !== undefined && span[0] <= position && position < span[1]);
}
