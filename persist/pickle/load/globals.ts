import { UnpicklingError } from "../errors.ts";
import { NameTable } from "../name_table.ts";
import { Registry, type RegistryEntry, sharedRegistry, standard } from "../registry.ts";
import "../standard/mod.ts";
import { checkOptions, type OptionRule, type OptionRules } from "../../options.ts";
import { Machine } from "./_machine.ts";
import { loadWhole, wholeBuffer } from "./_whole.ts";

/** A class or function that a pickle names. */
export interface PickleGlobal {
  /** The module, by its name in Python 3. */
  readonly module: string;
  /** The qualified name in the module. */
  readonly name: string;
  /** Offset of the opcode that names it first, in bytes from the start of the pickle. */
  readonly position: number;
  /** Whether it is registered, so that `loads` takes it. */
  readonly registered: boolean;
}

/** Options of {@linkcode globals}. */
export interface GlobalsOptions {
  /**
   * What is registered.
   *
   * @default {the shared registry}
   */
  registry?: Registry;
  /**
   * What happens to a damaged pickle: an error, or a list of what it names before the damage, which CPython would import.
   *
   * @default {"error"}
   */
  damaged?: "error" | "list";
  /**
   * Longest pickle in bytes.
   *
   * @default {1073741824}
   */
  maxBytes?: number;
  /**
   * Most bytes that compressed data becomes.
   *
   * @default {20 times the compressed bytes, and a megabyte}
   */
  maxInflated?: number;
}

const RULES: OptionRules = {
  registry: "object",
  damaged: ["error", "list"],
  maxBytes: "limit",
  maxInflated: "limit",
} satisfies Record<keyof GlobalsOptions, OptionRule>;

/** Knows what another registry knows but the names: every class and function of a pickle is only a name. */
class NamelessRegistry extends Registry {
  readonly #of: Registry;

  constructor(of: Registry) {
    super(null);
    this.#of = of;
  }

  override findExtension(code: number): readonly [string, string] | undefined {
    return this.#of.findExtension(code);
  }

  override findPrototype(prototype: object): RegistryEntry | undefined {
    return standard.findPrototype(prototype);
  }
}

/** Buffers beside the pickle, as many as it asks for. */
function* emptyBuffers(): Generator<Uint8Array<ArrayBuffer>, void> {
  for (;;) yield new Uint8Array(0);
}

/**
 * Lists the classes and functions that CPython would import to load a pickle. Nothing is imported or called here; the pickle
 * is read as data, so that names which it puts together on its stack or in its memo are found as well.
 *
 * @param bytes The pickle; also compressed, from joblib or from PyTorch, as for `loads`.
 * @param options The registry, and what happens to damaged pickles.
 * @returns The names in the order of their first use, each once; attributes of them that the pickle asks for with `getattr`
 * have dots in their name.
 * @throws {UnpicklingError} If the pickle is damaged.
 * @throws {Deno.errors.UnexpectedEof} If there are no bytes.
 *
 * @example What a pickle from somewhere would run
 * ```ts
 * import { globals } from "@ferry/std/persist/pickle";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = new TextEncoder().encode("cos\nsystem\n(S'echo hi'\ntR.");
 * assertEquals(globals(bytes), [{ module: "os", name: "system", position: 0, registered: false }]);
 * ```
 */
export function globals(
  bytes: Uint8Array | ArrayBuffer,
  options: GlobalsOptions = {},
): PickleGlobal[] {
  checkOptions("Cannot list the globals of a pickle", options, RULES);
  const { registry = sharedRegistry(), damaged = "error", ...limits } = options;
  const found: PickleGlobal[] = [];
  const seen = new NameTable<boolean>();
  const note = (module: string, name: string, position: number) => {
    if (seen.get(module, name) === undefined) {
      seen.set(module, name, true);
      const registered = registry.find(module, name) !== undefined;
      found.push({ module, name, position, registered });
    }
    // Between the opcodes of joblib stand bytes whose number only these tell.
    const isNeeded = module === "numpy" && name === "dtype" || module === "joblib.numpy_pickle";
    return isNeeded ? standard.find(module, name) : undefined;
  };
  const machine = new Machine({
    ...limits,
    registry: new NamelessRegistry(registry),
    findClass: note,
    unknown: "opaque",
    encoding: "latin1",
    dicts: "map",
    persistentLoad: () => null,
    buffers: emptyBuffers(),
  });
  try {
    loadWhole(machine, bytes instanceof Uint8Array ? bytes : wholeBuffer(bytes));
  } catch (error) {
    if (damaged === "error" || !(error instanceof UnpicklingError)) throw error;
  }
  return found;
}
