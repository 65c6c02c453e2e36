/**
 * A reference to something a Python module holds: a class or a function. It is only a name; nothing is imported or called.
 *
 * @example The class `int`
 * ```ts
 * import { Global } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(`${new Global("collections", "OrderedDict")}`, "collections.OrderedDict");
 * ```
 */
export class Global {
  /** The module, for example `"collections"`. */
  readonly module: string;
  /** The qualified name inside the module, with dots for nested classes. */
  readonly qualname: string;

  /**
   * Names something in a Python module.
   *
   * @example Make one
   * ```ts
   * import { Global } from "@ferry/std/persist/types";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(`${new Global("collections", "OrderedDict")}`, "collections.OrderedDict");
   * ```
   *
   * @param module The module.
   * @param qualname The qualified name inside it.
   */
  constructor(module: string, qualname: string) {
    this.module = module;
    this.qualname = qualname;
  }

  /**
   * Whether another reference names the same thing.
   *
   * @param other Anything.
   * @returns Whether it is a `Global` of the same module and name.
   */
  equals(other: unknown): boolean {
    return other instanceof Global && other.module === this.module &&
      other.qualname === this.qualname;
  }

  /**
   * Module and name, joined by a dot.
   *
   * @returns For example `"collections.OrderedDict"`.
   */
  toString(): string {
    return `${this.module}.${this.qualname}`;
  }
}
