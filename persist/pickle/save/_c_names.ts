/**
 * Which names are strings of their own in CPython, and so are written out although an equal string is in the memo.
 *
 * A class or function written in Python holds interned names. What is written in C holds strings that are made for each use,
 * or once for the module; which, has changed over time, and this follows CPython 3.13.
 */

/** Modules whose types and functions make their own name anew for each use. */
const FRESH_NAMES = new Set(["builtins", "datetime", "array", "_codecs", "decimal", "_operator"]);

const C_COLLECTIONS = new Set(["deque", "OrderedDict", "defaultdict"]);

/** Types in C of modules in Python: each has a name of its own, and most a name of their module. */
const C_TYPES: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["functools", new Set(["partial"])],
  ["operator", new Set(["attrgetter", "itemgetter", "methodcaller"])],
  ["time", new Set(["struct_time"])],
  ["types", new Set(["SimpleNamespace"])],
]);

/** Functions of `builtins`, as opposed to types. */
const BUILTIN_FUNCTIONS = new Set(
  ("abs aiter all anext any ascii bin breakpoint callable chr compile delattr dir divmod eval exec format getattr globals " +
    "hasattr hash hex id input isinstance issubclass iter len locals max min next oct open ord pow print repr round " +
    "setattr sorted sum vars __build_class__ __import__").split(" "),
);

/** Whether the name is a new string each time. */
export function hasFreshName(module: string, name: string): boolean {
  return FRESH_NAMES.has(module) || module === "collections" && C_COLLECTIONS.has(name) ||
    C_TYPES.get(module)?.has(name) === true;
}

/** Whether it is a function, which shares the name of its module with the module's other functions only. */
export function isFunctionInC(module: string, name: string): boolean {
  return module === "builtins" && BUILTIN_FUNCTIONS.has(name) ||
    module === "array" && name === "_array_reconstructor" ||
    module === "_codecs" || module === "_operator";
}

/** Whether it is a type that holds a name of its module of its own. */
export function hasFreshModule(module: string, name: string): boolean {
  return module === "array" || module === "decimal" ||
    module === "builtins" && name === "ExceptionGroup" ||
    module !== "types" && C_TYPES.get(module)?.has(name) === true ||
    module === "collections" && (name === "deque" || name === "defaultdict");
}
