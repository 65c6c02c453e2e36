/** What makes up a {@linkcode PyEnum}. */
export interface PyEnumParts {
  /** The module of the class. */
  module: string;
  /** The qualified name of the class in its module. */
  className: string;
  /** The name of the member; of a combination of flags, the names joined by `|`. */
  name: string;
  /** The value of the member. */
  value: unknown;
}

/**
 * A member of a Python enum. The members that a registration makes are the only ones of their enum, and can be compared
 * with `===`; combinations of flags are made anew each time.
 *
 * @typeParam T The type of the value.
 *
 * @example A member made by hand
 * ```ts
 * import { PyEnum } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * const red = new PyEnum({ module: "paint", className: "Color", name: "RED", value: 1 });
 * assertEquals(`${red}`, "Color.RED");
 * assertEquals(JSON.stringify({ red }), '{"red":1}');
 * ```
 */
export class PyEnum<T = unknown> {
  /** The module of the class. */
  readonly module: string;
  /** The qualified name of the class in its module. */
  readonly className: string;
  /** The name of the member. */
  readonly name: string;
  /** The value of the member. */
  readonly value: T;

  /**
   * Makes a member.
   *
   * @example Make one
   * ```ts
   * import { PyEnum } from "@ferry/std/persist/types";
   *
   * const red = new PyEnum({ module: "paint", className: "Color", name: "RED", value: 1 });
   * ```
   *
   * @param parts Class, name and value.
   */
  constructor(parts: PyEnumParts & { value: T }) {
    this.module = parts.module;
    this.className = parts.className;
    this.name = parts.name;
    this.value = parts.value;
    Object.freeze(this);
  }

  /**
   * The member as Python shows it.
   *
   * @returns For example `"Color.RED"`.
   */
  toString(): string {
    return `${this.className}.${this.name}`;
  }

  /**
   * The value, so that members that are numbers can be compared and combined.
   *
   * @returns The value.
   */
  valueOf(): T {
    return this.value;
  }

  /**
   * The value, for `JSON.stringify`.
   *
   * @returns The value.
   */
  toJSON(): T {
    return this.value;
  }

  /**
   * What makes two members equal as keys.
   *
   * @returns The signature.
   */
  keySignature(): string {
    return `e${JSON.stringify([this.module, this.className, this.name])}`;
  }
}
