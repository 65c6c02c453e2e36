import { FIRST_OWN, type NameTable } from "../../store/mod.ts";
import { XHTML } from "./query.ts";

const YES = 1;
const NO = 2;

/** Whether a name is the one that is asked for, in a document of one language. */
export class NameVerdict {
  readonly #uri: string | undefined;
  readonly #local: string | undefined;
  /** The local name as elements of HTML have it. */
  readonly #lower: string | undefined;
  readonly #html: boolean;
  /** Verdicts on names that all documents share, by their numbers. */
  #verdicts = new Uint8Array(64);

  /**
   * Asks for a name.
   *
   * @param uri The namespace, `undefined` for any.
   * @param local The local name, `undefined` for any.
   * @param html Whether documents of HTML are looked at: there, elements of HTML have no namespace and small letters.
   */
  constructor(uri: string | undefined, local: string | undefined, html: boolean) {
    this.#uri = html && uri === XHTML ? "" : uri;
    this.#local = local;
    this.#lower = html ? local?.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : local;
    this.#html = html;
  }

  /** Whether a number is that of the name. */
  accepts(names: NameTable, name: number): boolean {
    const verdicts = this.#verdicts;
    const verdict = name < verdicts.length ? verdicts[name]! : 0;
    return verdict === 0 ? this.#decide(names, name) : verdict === YES;
  }

  #decide(names: NameTable, name: number): boolean {
    const uri = names.uri(name);
    const local = this.#html && uri === "" ? this.#lower : this.#local;
    const accepted = (this.#uri === undefined || this.#uri === uri) &&
      (local === undefined || local === names.local(name));
    if (name >= FIRST_OWN) return accepted;
    if (name >= this.#verdicts.length) {
      const wider = new Uint8Array(Math.min(FIRST_OWN, 2 * name + 1));
      wider.set(this.#verdicts);
      this.#verdicts = wider;
    }
    this.#verdicts[name] = accepted ? YES : NO;
    return accepted;
  }
}
