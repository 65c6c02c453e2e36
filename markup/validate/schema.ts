import { ANY, checkOptions, copyOptions, type OptionRules } from "../options.ts";
import { faultsOf, type XmlFault, XmlValidationError } from "./fault.ts";
import {
  type Libxml2,
  loadLibxml2,
  RESOLVE_RULES,
  withResolver,
  type XmlResolveOptions,
} from "./libxml2.ts";
import { readDocument, rootOf, type XmlDocumentSource } from "./source.ts";

/** The languages that schemas are written in. */
export type SchemaLanguage = "xsd" | "relaxng" | "dtd";

const LANGUAGES: readonly SchemaLanguage[] = ["xsd", "relaxng", "dtd"];

/** What checks documents. */
interface Validator {
  /** Throws if a document is not valid. */
  validate(document: InstanceType<Libxml2["XmlDocument"]>): void;
  /** Gives the memory back. */
  dispose(): void;
}

function makeValidator(
  library: Libxml2,
  language: SchemaLanguage,
  source: XmlDocumentSource,
  options: XmlResolveOptions,
): Validator {
  const { DtdValidator, RelaxNGValidator, XmlDtd, XmlLibError, XsdValidator } = library;
  try {
    if (language === "dtd") {
      if (typeof source !== "string" && !(source instanceof Uint8Array)) {
        throw new TypeError("A document type definition is a text or bytes, received a tree");
      }
      const dtd = typeof source === "string"
        ? XmlDtd.fromString(source)
        : XmlDtd.fromBuffer(source);
      return new DtdValidator(dtd);
    }
    const document = readDocument(library, source, options, "The schema");
    try {
      return language === "xsd"
        ? XsdValidator.fromDoc(document)
        : RelaxNGValidator.fromDoc(document);
    } finally {
      document.dispose();
    }
  } catch (error) {
    if (!(error instanceof XmlLibError)) throw error;
    throw new XmlValidationError("The schema cannot be used", faultsOf(error.details, undefined));
  }
}

/** What is wrong with a document; one that cannot be read is not valid. */
function check(library: Libxml2, validator: Validator, document: XmlDocumentSource): XmlFault[] {
  const { XmlLibError } = library;
  return withResolver(library, {}, () => {
    let read: ReturnType<typeof readDocument>;
    try {
      read = readDocument(library, document, {}, "The document");
    } catch (error) {
      if (error instanceof XmlValidationError) return [...error.faults];
      throw error;
    }
    try {
      validator.validate(read);
      return [];
    } catch (error) {
      if (!(error instanceof XmlLibError)) throw error;
      return faultsOf(error.details, rootOf(document));
    } finally {
      read.dispose();
    }
  });
}

/**
 * A schema: XML Schema, RELAX NG, or a document type definition. It holds memory outside of JavaScript: dispose of it.
 *
 * @example Check documents
 * ```ts
 * import { XmlSchema } from "@ferry/std/markup/validate";
 * import { parse } from "@ferry/std/markup/xml";
 * import { assertEquals } from "@std/assert";
 *
 * using schema = await XmlSchema.load("relaxng", `<element name="fleet" xmlns="http://relaxng.org/ns/structure/1.0">
 *   <oneOrMore><element name="ship"><attribute name="name"/></element></oneOrMore>
 * </element>`);
 * assertEquals(schema.check("<fleet><ship name='Ada'/></fleet>"), []);
 * const [fault] = schema.check(parse("<fleet>\n<ship/></fleet>"));
 * assertEquals([fault?.element?.tag, fault?.line], ["ship", 2]);
 * ```
 */
export class XmlSchema implements Disposable {
  /** What it is written in. */
  readonly language: SchemaLanguage;
  #check: ((document: XmlDocumentSource) => XmlFault[]) | undefined;
  readonly #dispose: () => void;

  /**
   * Made by {@linkcode XmlSchema.load}.
   *
   * @param language What it is written in.
   * @param check Finds what is wrong with a document.
   * @param dispose Gives the memory back.
   */
  constructor(
    language: SchemaLanguage,
    check: (document: XmlDocumentSource) => XmlFault[],
    dispose: () => void,
  ) {
    this.language = language;
    this.#check = check;
    this.#dispose = dispose;
  }

  /**
   * Loads a schema.
   *
   * @param language What it is written in.
   * @param source The schema.
   * @param options Where schemas that it names come from.
   * @throws {XmlValidationError} If it is no schema, or names one that is not given.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   */
  static async load(
    language: SchemaLanguage,
    source: XmlDocumentSource,
    options?: XmlResolveOptions,
  ): Promise<XmlSchema> {
    const checked = checkOptions("Cannot load a schema", options, RESOLVE_RULES);
    const library = await loadLibxml2();
    const validator = withResolver(
      library,
      checked,
      () => makeValidator(library, language, source, checked),
    );
    return new XmlSchema(
      language,
      (document) => check(library, validator, document),
      () => validator.dispose(),
    );
  }

  /**
   * What is wrong with a document.
   *
   * @param document The document.
   * @returns The faults; none if it is valid.
   * @throws {TypeError} If this has been disposed of.
   */
  check(document: XmlDocumentSource): XmlFault[] {
    if (this.#check === undefined) throw new TypeError("The schema has been disposed of");
    return this.#check(document);
  }

  /**
   * Refuses a document that is not valid.
   *
   * @param document The document.
   * @throws {XmlValidationError} If it is not valid.
   * @throws {TypeError} If this has been disposed of.
   */
  assertValid(document: XmlDocumentSource): void {
    const faults = this.check(document);
    if (faults.length > 0) throw new XmlValidationError("The document is not valid", faults);
  }

  /** Gives the memory back. */
  [Symbol.dispose](): void {
    if (this.#check === undefined) return;
    this.#check = undefined;
    this.#dispose();
  }
}

/** A schema, and where schemas that it names come from: one of the three languages. */
export type ValidateOptions =
  & XmlResolveOptions
  & (
    | { readonly xsd: XmlDocumentSource }
    | { readonly relaxng: XmlDocumentSource }
    | { readonly dtd: string | Uint8Array }
  );

/** The names of each member of a union. */
type NamesOf<T> = T extends unknown ? keyof T : never;

const RULES: OptionRules<{ [name in NamesOf<ValidateOptions>]: unknown }> = {
  ...RESOLVE_RULES,
  xsd: ANY,
  relaxng: ANY,
  dtd: ANY,
};

/**
 * Refuses a document that is not valid. To check many, load an {@linkcode XmlSchema}.
 *
 * @example By XML Schema
 * ```ts
 * import { validate } from "@ferry/std/markup/validate";
 *
 * const xsd = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
 *   <xs:element name="crew" type="xs:positiveInteger"/>
 * </xs:schema>`;
 * await validate("<crew>12</crew>", { xsd });
 * ```
 *
 * @param document The document.
 * @param options The schema.
 * @throws {XmlValidationError} If the document is not valid, or the schema is none.
 * @throws {TypeError} If there is no schema, or an option is unknown or of the wrong type.
 */
export async function validate(
  document: XmlDocumentSource,
  options: ValidateOptions,
): Promise<void> {
  const given: XmlResolveOptions & { [language in SchemaLanguage]?: XmlDocumentSource } =
    checkOptions<object>("Cannot validate a document", options, RULES);
  const language = LANGUAGES.find((language) => given[language] !== undefined);
  if (language === undefined) throw new TypeError('A schema is needed: "xsd", "relaxng" or "dtd"');
  const resolve = copyOptions(given, RESOLVE_RULES);
  using schema = await XmlSchema.load(language, given[language]!, resolve);
  schema.assertValid(document);
}
