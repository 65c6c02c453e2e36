/** libxml2 in WebAssembly: loaded when it is first needed, and cut off from files and network. */

import { FUNCTION, LIMIT, type OptionRules, STRING } from "../options.ts";

/** The library. */
export type Libxml2 = typeof import("libxml2-wasm");

/** Gives a document that another one includes or imports; `undefined` refuses it. */
export type XmlResolver = (url: string) => string | Uint8Array | undefined;

/** Where documents that others name come from. */
export interface XmlResolveOptions {
  /**
   * Address of the document, which relative ones in it are relative to.
   *
   * @default {""}
   */
  url?: string;
  /**
   * Gives documents by their addresses. Without one, nothing is read or fetched.
   *
   * @default {undefined}
   */
  resolver?: XmlResolver;
  /**
   * Most documents that are given.
   *
   * @default {1000}
   */
  maxDocuments?: number;
}

/** What {@linkcode XmlResolveOptions} may be. */
export const RESOLVE_RULES: OptionRules<XmlResolveOptions> = {
  url: STRING,
  resolver: FUNCTION,
  maxDocuments: LIMIT,
};

let loaded: Promise<Libxml2> | undefined;

/** Loads the library. */
export function loadLibxml2(): Promise<Libxml2> {
  return loaded ??= import("libxml2-wasm");
}

/**
 * Does something while what documents name comes from a resolver, and from nowhere else.
 *
 * @param given Is told of each document, and may refuse it.
 */
export function withResolver<T>(
  library: Libxml2,
  { resolver, maxDocuments = 1000 }: XmlResolveOptions,
  action: () => T,
  given?: (url: string, content: string | Uint8Array) => void,
): T {
  const open: { bytes: Uint8Array; at: number }[] = [];
  let thrown: { error: unknown } | undefined;
  library.xmlRegisterInputProvider({
    match: () => true,
    open: (url) => {
      if (resolver === undefined || thrown !== undefined) return undefined;
      try {
        if (open.length >= maxDocuments) {
          throw new RangeError(`At most ${maxDocuments} documents are given (maxDocuments)`);
        }
        const content = resolver(url);
        if (content === undefined) return undefined;
        given?.(url, content);
        const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
        // 0 would be no file.
        return open.push({ bytes, at: 0 });
      } catch (error) {
        thrown = { error };
        return undefined;
      }
    },
    read: (file, buffer) => {
      const source = open[file - 1]!;
      const part = source.bytes.subarray(source.at, source.at + buffer.length);
      buffer.set(part);
      source.at += part.length;
      return part.length;
    },
    close: () => true,
  });
  try {
    const result = action();
    if (thrown === undefined) return result;
  } catch (error) {
    // What the resolver has thrown is the cause of what the library then throws.
    if (thrown === undefined) throw error;
  } finally {
    library.xmlCleanupInputProvider();
  }
  throw thrown.error;
}
