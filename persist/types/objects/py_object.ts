import type { Global } from "./global.ts";

/** How Python makes an object again. */
export interface PyObjectParts {
  /** The class, or the callable that makes the object. */
  callable: unknown;
  /**
   * The positional arguments.
   *
   * @default {[]}
   */
  args?: unknown[];
  /**
   * The keyword arguments (`__getnewargs_ex__`).
   *
   * @default {undefined}
   */
  kwargs?: unknown;
  /**
   * Whether `callable` is a class whose `__new__` gets the arguments (opcodes NEWOBJ, NEWOBJ_EX), instead of a callable
   * that is called (REDUCE).
   *
   * @default {false}
   */
  isNew?: boolean;
}

/**
 * A Python object of a class that is not registered: the recipe of its pickle, kept as data. Nothing of it is ever called.
 * Pickled again, it gives the bytes it was read from.
 *
 * @example Build an instance of a Python dataclass by hand
 * ```ts
 * import { Global, PyObject } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * const point = new PyObject({ callable: new Global("shapes", "Point"), isNew: true });
 * point.state = { x: 1, y: 2 };
 * assertEquals(point.className, "shapes.Point");
 * ```
 */
export class PyObject {
  /** The class, or the callable that makes the object: a {@linkcode Global} in all but odd cases. */
  callable: Global | unknown;
  /** The positional arguments. */
  args: unknown[];
  /** The keyword arguments, or `undefined`. */
  kwargs: unknown;
  /** Whether `callable` is a class whose `__new__` gets the arguments. */
  isNew: boolean;
  /** What `__setstate__` gets, or the instance dictionary; `undefined` if there was none. */
  state: unknown;
  /** A function that gets the object and the state in place of `__setstate__`, `undefined` if there was none. */
  stateSetter: unknown;
  /** Items appended after the object was made (list subclasses). */
  listItems: unknown[] | undefined;
  /** Items set after the object was made (dict subclasses), as pairs. */
  dictItems: [unknown, unknown][] | undefined;
  /** Items added after the object was made (set-like), as ADDITEMS does. */
  setItems: unknown[] | undefined;

  /**
   * Makes an object from its recipe; the state and items are set afterwards.
   *
   * @example Make one
   * ```ts
   * import { Global, PyObject } from "@ferry/std/persist/types";
   *
   * const point = new PyObject({ callable: new Global("shapes", "Point"), isNew: true });
   * ```
   *
   * @param parts The class or callable, and its arguments.
   */
  constructor(parts: PyObjectParts) {
    this.callable = parts.callable;
    this.args = parts.args ?? [];
    this.kwargs = parts.kwargs;
    this.isNew = parts.isNew ?? false;
    this.state = undefined;
    this.stateSetter = undefined;
    this.listItems = undefined;
    this.dictItems = undefined;
    this.setItems = undefined;
  }

  /** The name of the class or callable, for example `"shapes.Point"`. */
  get className(): string {
    return String(this.callable);
  }
}
