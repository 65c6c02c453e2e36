import { PyObject } from "../objects/py_object.ts";
import { field } from "./fields.ts";

/**
 * A Python `UserDict`, `UserList` or `UserString` as it was read: a class around a dict, list or string.
 *
 * @example What it is made around
 * ```ts
 * import { Global, UserData } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * const list = new UserData({ callable: new Global("collections", "UserList"), isNew: true });
 * list.state = { data: [1, 2] };
 * assertEquals([list.className, list.data], ["collections.UserList", [1, 2]]);
 * ```
 */
export class UserData extends PyObject {
  /** The dict, list or string. */
  get data(): unknown {
    return field(this.state, "data");
  }

  /**
   * The same, for `JSON.stringify` and `toPlain`.
   *
   * @returns The dict, list or string.
   */
  toJSON(): unknown {
    return this.data;
  }
}
