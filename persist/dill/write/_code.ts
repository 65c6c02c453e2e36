/** The texts of functions and classes as they are written: variables renamed, what was evaluated once taken out. */
import { WELL_KNOWN_SYMBOLS } from "../format/kinds.ts";
import type { Reference } from "../source/scope.ts";
import { type Edit, EditedText } from "../source/edits.ts";
import type { Cell, FunctionItem } from "./_items.ts";

/** A computed name that has to be a symbol of the dump. */
export interface SymbolKey {
  readonly span: readonly [number, number];
  readonly symbol: symbol;
}

/** A text ready to be written. */
export interface WrittenCode {
  readonly edited: EditedText;
  readonly symbolKeys: readonly SymbolKey[];
}

/** Changes a function's text so that it can be evaluated where only the captured variables are around it. */
export function writeCode(item: FunctionItem, nameOf: ReadonlyMap<Cell, string>): WrittenCode {
  const { source, captured, parts, facts, fn } = item;
  const edits: Edit[] = [];
  const symbolKeys: SymbolKey[] = [];
  const at = ({ start, end }: { readonly start: number; readonly end: number }) =>
    [start - source.offset, end - source.offset] as const;
  for (const [name, cell] of captured) {
    const written = nameOf.get(cell)!;
    if (written === name) continue;
    for (const use of source.lexical) {
      if (use.kind === name) edits.push({ span: at(use), text: written });
    }
    const references: Reference[] = [...source.free.get(name) ?? []];
    for (const reference of source.selfReferences) {
      if (reference.identifier.name === name) references.push(reference);
    }
    for (const { identifier, shorthand } of references) {
      edits.push({ span: at(identifier), text: shorthand ? `${name}: ${written}` : written });
    }
  }
  for (const { specifier, start, end } of source.imports) {
    if (!/^\.{0,2}\//.test(specifier) || !facts?.script?.url) continue;
    const url = new URL(specifier, facts.script.url).href;
    edits.push({ span: at({ start, end }), text: JSON.stringify(url) });
  }
  if (source.computedKey !== undefined) {
    const { name } = fn as { readonly name?: unknown };
    edits.push({ span: at(source.computedKey), text: JSON.stringify(String(name)) });
  }
  if (parts !== undefined) {
    const { fields, staticBlocks, methods } = parts.source;
    for (const span of staticBlocks) edits.push({ span, text: "" });
    for (const { isStatic, privateName, span, initialiser } of fields) {
      if (!isStatic) continue;
      if (privateName === undefined) edits.push({ span, text: "" });
      else if (initialiser !== undefined) edits.push({ span: initialiser, text: "" });
    }
    for (const { key: span } of methods) {
      const key = span && parts.keys.get(span[0]);
      if (span === undefined || key === undefined) continue;
      const text = typeof key === "string" ? JSON.stringify(key) : symbolText(key);
      if (text !== undefined) edits.push({ span, text });
      else symbolKeys.push({ span, symbol: key as symbol });
    }
  }
  return { edited: new EditedText(source.text, edits), symbolKeys };
}

/** An expression that gives a symbol everywhere. */
function symbolText(symbol: symbol): string | undefined {
  const known = WELL_KNOWN_SYMBOLS.get(symbol);
  if (known !== undefined) return `Symbol.${known}`;
  const key = Symbol.keyFor(symbol);
  return key === undefined ? undefined : `Symbol.for(${JSON.stringify(key)})`;
}
