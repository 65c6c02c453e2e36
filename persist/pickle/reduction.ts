/**
 * How an object is taken apart: what Python's `__reduce_ex__` returns. The receiver calls `callable(...args)`, then applies
 * the state and the items.
 */
export interface Reduction {
  /** The class or function that makes the object, usually a `Global`. */
  callable: unknown;
  /**
   * The positional arguments.
   *
   * @default {[]}
   */
  args?: readonly unknown[];
  /**
   * The keyword arguments, only with `isNew`.
   *
   * @default {undefined}
   */
  kwargs?: unknown;
  /**
   * Whether `callable` is a class whose `__new__` gets the arguments, without `__init__`.
   *
   * @default {false}
   */
  isNew?: boolean;
  /**
   * What the object's `__setstate__` gets, or the values of its attributes.
   *
   * @default {undefined}
   */
  state?: unknown;
  /**
   * Items to append.
   *
   * @default {undefined}
   */
  listItems?: Iterable<unknown> | undefined;
  /**
   * Items to set, as pairs.
   *
   * @default {undefined}
   */
  dictItems?: Iterable<readonly [unknown, unknown]> | undefined;
  /**
   * Items to add with one ADDITEMS per batch.
   *
   * @default {undefined}
   */
  setItems?: Iterable<unknown> | undefined;
  /**
   * A function that gets the object and the state instead of `__setstate__`.
   *
   * @default {undefined}
   */
  stateSetter?: unknown;
}
