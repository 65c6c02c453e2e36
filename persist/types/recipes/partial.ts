import { PyObject } from "../objects/py_object.ts";

/**
 * A Python `functools.partial` as it was read: which function would be called with what. It cannot be called here.
 *
 * @example The function and its keyword arguments
 * ```ts
 * import { Global, Partial } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * const int = new Global("builtins", "int");
 * const binary = new Partial({ callable: new Global("functools", "partial"), args: [int] });
 * binary.state = [int, [], { base: 2 }, null];
 * assertEquals([String(binary.func), binary.keywords], ["builtins.int", { base: 2 }]);
 * ```
 */
export class Partial extends PyObject {
  #part(index: number): unknown {
    return Array.isArray(this.state) ? this.state[index] : undefined;
  }

  /** The function, usually a `Global`. */
  get func(): unknown {
    return this.#part(0) ?? this.args[0];
  }

  /** The arguments that come first. */
  get positional(): unknown[] {
    const items = this.#part(1);
    return Array.isArray(items) ? items : [];
  }

  /** The keyword arguments: an object or a `PyDict`. */
  get keywords(): unknown {
    return this.#part(2) ?? {};
  }
}
