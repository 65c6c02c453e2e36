// Text to documents of npm yaml, with what its own entry points lack: a limit on nesting that holds before anything
// recurses, the directive errors it lets pass, no environment look-ups, and one class of error.

import {
  type CollectionTag,
  Composer,
  type CST,
  type Document,
  type DocumentOptions,
  Lexer,
  type ParsedNode,
  type ParseOptions,
  Parser,
  type ScalarTag,
  type SchemaOptions,
  type Tags,
} from "yaml";
import { MAX_DEPTH, type YamlParseOptions, type YamlTag } from "./options.ts";
import { withQuietEnv } from "./_quiet_env.ts";
import { YamlError } from "./yaml_error.ts";

/** A document as npm yaml composes it. */
export type ComposedDocument = Document.Parsed<ParsedNode, true>;

const COLLECTIONS: ReadonlySet<string> = new Set(["block-map", "block-seq", "flow-collection"]);

/**
 * Reads all documents of a text.
 *
 * @param text The text.
 * @param options The caller's options.
 * @param single Refuse a second document, and make an empty one of an empty text.
 */
export function compose(
  text: string,
  options: YamlParseOptions,
  single: boolean,
): ComposedDocument[] {
  return withQuietEnv(() => {
    const composer = new Composer(composerOptions(options));
    const documents: ComposedDocument[] = [];
    const take = (produced: Iterable<unknown>) => {
      for (const document of produced) {
        report(text, document as ComposedDocument, options);
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
      take(composer.next(token));
    }
    take(composer.end(single, text.length));
    return documents;
  });
}

/** Parser tokens of a text; refuses deep nesting while the stack of open collections grows. */
function* tokens(text: string, maxDepth: number): Generator<CST.Token> {
  const parser = new Parser();
  const check = directiveChecker(text);
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) {
      check(token);
      yield token;
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
    yield token;
  }
  check(undefined);
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
    } else if (token?.type === "document") {
      pending = undefined;
      version = false;
    } else if (pending !== undefined && (token === undefined || token.type === "doc-end")) {
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
      ...(schema === "yaml-1.1" ? [LETTER] : []),
      ...tags,
    ],
  };
}

/** `y` and `n` are booleans in YAML 1.1's type repository, but text to PyYAML and most other readers. */
const LETTER: ScalarTag = {
  tag: "tag:yaml.org,2002:str",
  default: true,
  test: /^[yYnN]$/,
  resolve: (text) => text,
};

/** A tag of the caller's as npm yaml knows them; collections are made into values on conversion. */
function readingTags(tag: YamlTag): (ScalarTag | CollectionTag)[] {
  if (tag.kind === "mapping") return [{ tag: tag.tag, collection: "map" }];
  if (tag.kind === "sequence") return [{ tag: tag.tag, collection: "seq" }];
  const explicit: ScalarTag = { tag: tag.tag, resolve: (text) => tag.parse(text as never) };
  if (tag.pattern === undefined) return [explicit];
  return [{ ...explicit, default: true, test: tag.pattern }, explicit];
}
