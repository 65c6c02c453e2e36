import { PyObject } from "../objects/py_object.ts";
import { field } from "./fields.ts";

/**
 * A Python `SimpleNamespace` as it was read.
 *
 * @example An attribute
 * ```ts
 * import { Global, SimpleNamespace } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * const options = new SimpleNamespace({ callable: new Global("types", "SimpleNamespace") });
 * options.state = { verbose: true };
 * assertEquals(options.get("verbose"), true);
 * ```
 */
export class SimpleNamespace extends PyObject {
  /** The attributes: an object, or a `PyDict` if their names cannot be property names. */
  get attributes(): unknown {
    return this.state ?? {};
  }

  /**
   * An attribute.
   *
   * @param name Its name.
   * @returns Its value, or `undefined`.
   */
  get(name: string): unknown {
    return field(this.state, name);
  }

  /**
   * The attributes, for `JSON.stringify` and `toPlain`.
   *
   * @returns An object, or a `PyDict`.
   */
  toJSON(): unknown {
    return this.attributes;
  }
}
