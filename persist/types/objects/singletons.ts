/** Python's `Ellipsis`, written `...`. */
export const Ellipsis: unique symbol = Symbol.for("ferry.Ellipsis");

/** Python's `NotImplemented`. */
export const NotImplemented: unique symbol = Symbol.for("ferry.NotImplemented");

/** Python's `StopIteration` class, which marshal carries as a value of its own. */
export const StopIteration: unique symbol = Symbol.for("ferry.StopIteration");
