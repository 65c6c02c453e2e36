// Text to documents of npm yaml, with what its own entry points lack: a limit on nesting that holds before anything
// recurses, the directive errors it lets pass, no environment look-ups, and one class of error.

import {
  type CollectionTag,
  Composer,
  type CST,
  type Document,
  type DocumentOptions,
  isCollection,
  isPair,
  isScalar,
  Lexer,
  type ParsedNode,
  type ParseOptions,
  Parser,
  type ScalarTag,
  type SchemaOptions,
  type Tags,
} from "yaml";
import { MAX_DEPTH, type YamlParseOptions, type YamlTag } from "./options.ts";
import { EXPLICIT } from "./_explicit_tags.ts";
import { withQuietEnv } from "./_quiet_env.ts";
import { YAML_1_1 } from "./_yaml_1_1.ts";
import { YamlError } from "./yaml_error.ts";

/** A document as npm yaml composes it. */
export type ComposedDocument = Document.Parsed<ParsedNode, true>;

/** The parser's tokens of documents that were read with them. */
const documentTokens = new WeakMap<ComposedDocument, CST.Document>();

/** The token of a document that was composed with `keepTokens`; undefined for one of an empty text. */
export function documentToken(document: ComposedDocument): CST.Document | undefined {
  return documentTokens.get(document);
}

const COLLECTIONS: ReadonlySet<string> = new Set(["block-map", "block-seq", "flow-collection"]);

/**
 * Reads all documents of a text.
 *
 * @param text The text.
 * @param options The caller's options.
 * @param single Refuse a second document, and make an empty one of an empty text.
 * @param keepTokens Leave the parser's tokens on the nodes.
 */
export function compose(
  text: string,
  options: YamlParseOptions,
  single: boolean,
  keepTokens = false,
): ComposedDocument[] {
  return withQuietEnv(() => {
    const composer = new Composer({
      ...composerOptions(options),
      keepSourceTokens: keepTokens,
    });
    stopAtFirstError(composer, text);
    const documents: ComposedDocument[] = [];
    const pending: CST.Document[] = [];
    const take = (produced: Iterable<unknown>) => {
      for (const document of produced) {
        report(text, document as ComposedDocument, options);
        if (!text.endsWith("\n")) dropFinalBreak(text, document as ComposedDocument);
        const token = pending.shift();
        if (token !== undefined) documentTokens.set(document as ComposedDocument, token);
        documents.push(document as ComposedDocument);
      }
    };
    let count = 0;
    for (const token of tokens(text, options.maxDepth ?? MAX_DEPTH)) {
      if (token.type === "document" && ++count > 1 && single) {
        throw new YamlError(
          "Cannot read more than one document with parse: use parseAll",
          { code: "MULTIPLE_DOCS", source: text, offset: token.offset },
        );
      }
      if (keepTokens && token.type === "document") pending.push(token);
      take(composer.next(token));
      if (token.type === "error") take(composer.end(true, text.length));
    }
    take(composer.end(single, text.length));
    return documents;
  });
}

/**
 * Throws where the composer would list: a text of brackets has an error at each. Reaches into the composer; without that
 * the errors are still found by {@linkcode report}, only later.
 */
function stopAtFirstError(composer: Composer, text: string): void {
  const inner = composer as unknown as { onError: OnError };
  const list = inner.onError;
  let first: YamlError | undefined;
  inner.onError = (at, code, message, warning) => {
    if (warning) return list(at, code, message, warning);
    const offset = typeof at === "number" ? at : Array.isArray(at) ? at[0] : at.offset;
    // The composer catches what is thrown while it resolves a scalar, and reports that as another error.
    throw first ??= new YamlError(message, { code, source: text, offset });
  };
}

type OnError = (
  at: number | [number, number] | { offset: number },
  code: string,
  message: string,
  warning?: boolean,
) => void;

/** Parser tokens of a text; refuses deep nesting while the stack of open collections grows. */
function* tokens(text: string, maxDepth: number): Generator<CST.Token> {
  const parser = new Parser();
  const check = directiveChecker(text);
  const keep = suffixFilter();
  const printable = printableChecker(text);
  for (const lexeme of new Lexer().lex(text)) {
    printable?.(lexeme);
    for (const token of parser.next(lexeme)) {
      check(token);
      if (keep(token)) yield token;
    }
    // The stack also holds the document and the scalar at hand, hence the cheap test first.
    if (parser.stack.length > maxDepth) {
      let depth = 0;
      for (const { type } of parser.stack) if (COLLECTIONS.has(type)) depth++;
      if (depth > maxDepth) {
        throw new YamlError(
          `Cannot read more than ${maxDepth} nested collections: raise maxDepth`,
          { code: "MAX_DEPTH", source: text, offset: parser.offset },
        );
      }
    }
  }
  for (const token of parser.end()) {
    check(token);
    if (keep(token)) yield token;
  }
  check(undefined);
}

/**
 * Finds characters that are not printable (YAML 1.2.2, 5.1). Those beyond ASCII may stand in quotes; the others, and
 * halves of surrogate pairs, nowhere.
 *
 * @returns A check of each lexeme; undefined when the text needs none.
 */
function printableChecker(text: string): ((lexeme: string) => void) | undefined {
  const refuse = (offset: number): never => {
    const unit = text.charCodeAt(offset).toString(16).toUpperCase().padStart(4, "0");
    throw new YamlError(`Cannot read the character U+${unit}: write it as an escape, in quotes`, {
      code: "NOT_PRINTABLE",
      source: text,
      offset,
    });
  };
  const control = text.search(CONTROL);
  if (control >= 0) refuse(control);
  if (!text.isWellFormed()) refuse(text.search(/\p{Surrogate}/u));
  if (!QUOTED_ONLY.test(text)) return undefined;
  let offset = 0;
  return (lexeme) => {
    // A scalar follows the lexer's mark for one.
    const start = offset;
    if (!isMark(lexeme)) offset += lexeme.length;
    if (lexeme.startsWith('"') || lexeme.startsWith("'")) return;
    const at = lexeme.search(QUOTED_ONLY);
    if (at >= 0) refuse(start + at);
  };
}

/** What the lexer says besides the text: the start of a document, of flow content, of a scalar. */
function isMark(lexeme: string): boolean {
  return lexeme === "\u0002" || lexeme === "\u0018" || lexeme === "\u001f";
}

// deno-lint-ignore no-control-regex
const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f]/;
const QUOTED_ONLY = /[\x7f-\x84\x86-\x9f\ufffe\uffff]/;

/** Whether a document has neither `---` nor content: there is nothing but comments, or a `...` to end it. */
function isEmpty({ value, start }: CST.Document): boolean {
  return value === undefined && !start.some(({ type }) => type === "doc-start");
}

/** Whether no document can follow a directive: here comes the end of one, or of the text. */
function isEnd(token: CST.Token | undefined): boolean {
  return token === undefined || token.type === "doc-end" || token.type === "document";
}

/** A `...` that ends no document, such as a second one, is no document of its own (YAML 1.2.2, 9.2). */
function suffixFilter(): (token: CST.Token) => boolean {
  let open = false;
  let held = false;
  return (token) => {
    if (token.type === "document") {
      held = isEmpty(token);
      open = !held;
      return open;
    }
    if (token.type !== "doc-end") return true;
    const ends = open;
    open = false;
    return ends;
  };
}

/**
 * Takes away the line break that a block scalar is given where its last line, and the text, end without one: there is
 * none to keep (YAML 1.2.2, 8.1.1.2).
 */
function dropFinalBreak(text: string, document: ComposedDocument): void {
  if (document.range[1] < text.length) return;
  let node: unknown = document.contents;
  while (isCollection(node)) {
    const last = node.items.at(-1);
    node = isPair(last) ? last.value : last;
  }
  if (!isScalar(node) || !node.type?.startsWith("BLOCK") || typeof node.value !== "string") return;
  // A last line of nothing but spaces is no content.
  const line = text.slice(text.lastIndexOf("\n") + 1);
  if (/\S/.test(line) && node.value.endsWith("\n")) node.value = node.value.slice(0, -1);
}

/** Directives belong to a document that follows, and `%YAML` is given once (YAML 1.2.2, 6.8 and 9.2). */
function directiveChecker(text: string): (token: CST.Token | undefined) => void {
  let pending: number | undefined;
  let version = false;
  return (token) => {
    if (token?.type === "directive") {
      pending ??= token.offset;
      if (!/^%YAML\b/.test(token.source)) return;
      if (version) {
        throw new YamlError("Cannot read a second %YAML directive for one document", {
          code: "BAD_DIRECTIVE",
          source: text,
          offset: token.offset,
        });
      }
      version = true;
    } else if (token?.type === "document" && !isEmpty(token)) {
      pending = undefined;
      version = false;
    } else if (pending !== undefined && isEnd(token)) {
      throw new YamlError("Cannot read a directive without a document: `---` must follow", {
        code: "MISSING_CHAR",
        source: text,
        offset: pending,
      });
    }
  };
}

/** Throws a document's first error and hands its warnings on. */
function report(text: string, document: ComposedDocument, options: YamlParseOptions): void {
  const { errors, warnings } = document;
  const first = errors[0];
  if (first !== undefined) {
    throw new YamlError(first.message, {
      code: first.code,
      source: text,
      offset: first.pos[0],
      cause: first,
    });
  }
  for (const warning of warnings) {
    const { code, message, pos } = warning;
    // The others, such as unknown tags and reserved directives, are no errors by the specification.
    const isFault = options.strict && code === "BAD_INDENT";
    if (!isFault && options.onWarning === undefined) continue;
    const error = new YamlError(message, { code, source: text, offset: pos[0], cause: warning });
    if (isFault) throw error;
    options.onWarning?.(error);
  }
}

function composerOptions(
  options: YamlParseOptions,
): ParseOptions & DocumentOptions & SchemaOptions {
  const schema = options.schema ?? "core";
  return {
    schema,
    version: schema === "yaml-1.1" ? "1.1" : "1.2",
    intAsBigInt: options.bigint ?? true,
    // Quadratic in the size of a mapping; conversion checks keys instead.
    uniqueKeys: false,
    resolveKnownTags: false,
    merge: false,
    prettyErrors: false,
    logLevel: "silent",
    strict: true,
    // With a schema to be compatible with, npm yaml also checks where brackets are closed.
    compat: options.strict ? schema : null,
    customTags: (tags: Tags): Tags => [
      ...(options.tags ?? []).flatMap(readingTags),
      ...(schema === "yaml-1.1" ? YAML_1_1 : schema === "failsafe" ? [] : EXPLICIT),
      ...tags,
    ],
  };
}

/** A tag of the caller's as npm yaml knows them; collections are made into values on conversion. */
function readingTags(tag: YamlTag): (ScalarTag | CollectionTag)[] {
  if (tag.kind === "mapping") return [{ tag: tag.tag, collection: "map" }];
  if (tag.kind === "sequence") return [{ tag: tag.tag, collection: "seq" }];
  const explicit: ScalarTag = { tag: tag.tag, resolve: (text) => tag.parse(text as never) };
  if (tag.pattern === undefined) return [explicit];
  return [{ ...explicit, default: true, test: tag.pattern }, explicit];
}
