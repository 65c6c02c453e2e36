/**
 * Methods that are sent as numbers: those of the built-in types. What is not among them is sent by its name. Both ends are of one
 * program, so that the list may change from version to version.
 *
 * @module
 */
const METHODS: readonly string[] = [
  "__getitem__",
  "__setitem__",
  "__contains__",
  "__delitem__",
  "__len__",
  "__next__",
  "__getattribute__",
  "__setattr__",
  "acquire",
  "append",
  "get",
  "insert",
  "is_set",
  "notify",
  "pop",
  "put",
  "qsize",
  "release",
  "set",
  "task_done",
  "wait",
  "add",
  "discard",
  "remove",
  "setdefault",
];

const codes = new Map(METHODS.map((method, code) => [method, code]));

/** What is sent of a method's name. */
export function codeOf(method: string): number | string {
  return codes.get(method) ?? method;
}

/** The name of a method that has come. */
export function methodOf(code: number | string): string {
  return typeof code === "string" ? code : METHODS[code]!;
}
