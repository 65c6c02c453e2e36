/** The parts of a class's text that are treated on their own. All positions are in the class's text. */
import type { AnyNode, Class } from "acorn";
import type { FunctionSource } from "./function_source.ts";

/** A part of a text. */
export type Span = readonly [start: number, end: number];

/** A method, getter or setter. */
export interface ClassMethod {
  readonly isStatic: boolean;
  readonly kind: "value" | "get" | "set";
  /** Its name; `undefined` if that is computed. */
  readonly name: string | undefined;
  /** Its text, as `Function.prototype.toString` gives it. */
  readonly text: string;
  /** What follows a computed name. */
  readonly tail: string | undefined;
  /** The computed name, without its brackets. */
  readonly key: Span | undefined;
}

/** A field. */
export interface ClassField {
  readonly isStatic: boolean;
  /** With its `#`; `undefined` for a public field. */
  readonly privateName: string | undefined;
  readonly span: Span;
  /** From the end of the name to the end of the initialiser. */
  readonly initialiser: Span | undefined;
  readonly value: Span | undefined;
  /** Whether the value is a function or class that takes its name from the field. */
  readonly namesValue: boolean;
  readonly key: Span | undefined;
}

/** A class, taken apart. */
export interface ClassSource {
  readonly heritage: { readonly span: Span; readonly name: string | undefined } | undefined;
  /** Where its elements start. */
  readonly body: number;
  readonly methods: readonly ClassMethod[];
  readonly fields: readonly ClassField[];
  readonly staticBlocks: readonly Span[];
  readonly constructorParts: { readonly params: Span; readonly body: Span } | undefined;
  /** Whether its instances have private fields, methods or accessors. */
  readonly hasPrivate: boolean;
}

/** Takes a class apart. */
export function takeClassApart(source: FunctionSource): ClassSource {
  const { text, offset } = source;
  const node = source.node as Class;
  const span = ({ start, end }: { start: number; end: number }): Span => [
    start - offset,
    end - offset,
  ];
  const methods: ClassMethod[] = [];
  const fields: ClassField[] = [];
  const staticBlocks: Span[] = [];
  let constructorParts: ClassSource["constructorParts"];
  let hasPrivate = false;
  for (const element of node.body.body) {
    if (element.type === "StaticBlock") {
      staticBlocks.push(span(element));
      continue;
    }
    const { key, static: isStatic } = element;
    const isPrivate = key.type === "PrivateIdentifier";
    if (isPrivate && !isStatic) hasPrivate = true;
    const keySpan = element.computed ? span(key) : undefined;
    if (element.type === "PropertyDefinition") {
      const { value } = element;
      fields.push({
        isStatic,
        privateName: isPrivate ? `#${key.name}` : undefined,
        span: span(element),
        initialiser: value
          ? [key.end - offset + (element.computed ? 1 : 0), value.end - offset]
          : undefined,
        value: value ? span(value) : undefined,
        namesValue: value?.type === "ArrowFunctionExpression" ||
          (value?.type === "FunctionExpression" || value?.type === "ClassExpression") && !value.id,
        key: keySpan,
      });
    } else if (element.kind === "constructor") {
      const { value } = element;
      constructorParts = {
        params: [value.start - offset, value.body.start - offset],
        body: span(value.body),
      };
    } else if (!isPrivate) {
      methods.push({
        isStatic,
        kind: element.kind === "method" ? "value" : element.kind,
        name: element.computed ? undefined : literalName(key as AnyNode),
        text: text.slice(element.start - offset, element.end - offset).replace(
          isStatic ? /^static(?:\s|\/\*[^]*?\*\/|\/\/.*\n)*/ : "",
          "",
        ),
        tail: keySpan && text.slice(keySpan[1], element.end - offset),
        key: keySpan,
      });
    }
  }
  return {
    heritage: node.superClass
      ? {
        span: span(node.superClass),
        name: node.superClass.type === "Identifier" ? node.superClass.name : undefined,
      }
      : undefined,
    body: node.body.start + 1 - offset,
    methods,
    fields,
    staticBlocks,
    constructorParts,
    hasPrivate,
  };
}

function literalName(key: AnyNode): string | undefined {
  if (key.type === "Identifier") return key.name;
  if (key.type !== "Literal") return undefined;
  return key.bigint ? BigInt(key.bigint).toString() : String(key.value);
}
