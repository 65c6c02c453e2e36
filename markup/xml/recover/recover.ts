import type { TreeStore } from "../../store/tree_store.ts";
import type { Input } from "../parse/decode_input.ts";
import type { Settings } from "../parse/options.ts";
import { type XmlPosition, XmlSyntaxError } from "../xml_error.ts";
import { RecoveringParser } from "./recovering_parser.ts";
import { LimitError } from "./tag_reader.ts";

const WINDOW = 72;
/** Most faults that are told of. */
const MOST = 1000;

/** Tells positions in a text, one behind the other, without counting from its start again. */
class Positions {
  readonly #text: string;
  #at = 0;
  #line = 1;
  #start = 0;
  #bytes = 0;

  constructor(text: string) {
    this.#text = text;
  }

  of(at: number): XmlPosition {
    const text = this.#text;
    if (at < this.#at) [this.#at, this.#line, this.#start, this.#bytes] = [0, 1, 0, 0];
    for (let i = this.#at; i < at; i++) {
      const unit = text.charCodeAt(i);
      this.#bytes += unit < 0x80 ? 1 : unit < 0x800 ? 2 : unit >= 0xd800 && unit < 0xe000 ? 2 : 3;
      if (unit === 10 || (unit === 13 && text.charCodeAt(i + 1) !== 10)) {
        this.#line++;
        this.#start = i + 1;
      }
    }
    this.#at = at;
    const head = text.slice(Math.max(this.#start, at - WINDOW / 2), at);
    const [after = ""] = text.slice(at, at + WINDOW).split(/[\r\n]/);
    return {
      line: this.#line,
      column: at - this.#start + 1,
      offset: this.#bytes,
      caret: `${head}${after}\n${head.replace(/[^\t]/g, " ")}^`,
    };
  }
}

/**
 * Reads a document that is not well-formed.
 *
 * @param input The document.
 * @param settings Limits.
 * @param fault What the parser that does not forgive said.
 * @param onError Is told of each fault.
 * @throws {XmlSyntaxError} If there is no element at all, or the document goes beyond a limit.
 */
export function recoverInput(
  { bytes, length, encoding }: Input,
  settings: Settings,
  fault: XmlSyntaxError,
  onError: ((error: SyntaxError) => void) | undefined,
): TreeStore {
  const text = new TextDecoder().decode(bytes.subarray(0, length));
  const positions = new Positions(text);
  let told = 0;
  const report = (message: string, at: number) => {
    if (onError !== undefined && told++ < MOST) {
      onError(new XmlSyntaxError(message, positions.of(at)));
    }
  };
  try {
    const store = new RecoveringParser(text, settings, report).read();
    if (store === undefined) throw fault;
    store.info.encoding = encoding;
    return store;
  } catch (error) {
    if (error instanceof LimitError) {
      throw new XmlSyntaxError(error.message, positions.of(error.at));
    }
    throw error;
  }
}
