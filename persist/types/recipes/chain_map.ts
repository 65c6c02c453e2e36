import { PyDict } from "../containers/py_dict.ts";
import { PyObject } from "../objects/py_object.ts";
import { entriesOf, field, hasKey } from "./fields.ts";

/**
 * A Python `ChainMap` as it was read: dictionaries that are looked through one after another.
 *
 * @example The first dictionary that has a key gives its value
 * ```ts
 * import { ChainMap, Global } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * const settings = new ChainMap({ callable: new Global("collections", "ChainMap"), isNew: true });
 * settings.state = { maps: [{ color: "red" }, { color: "blue", size: 2 }] };
 * assertEquals([settings.get("color"), settings.get("size")], ["red", 2]);
 * ```
 */
export class ChainMap extends PyObject {
  /** The dictionaries, first to last. */
  get maps(): unknown[] {
    const maps = field(this.state, "maps");
    return Array.isArray(maps) ? maps : [];
  }

  /**
   * The value of a key.
   *
   * @param key The key.
   * @returns The value in the first dictionary that has the key, or `undefined`.
   */
  get(key: unknown): unknown {
    const map = this.maps.find((map) => hasKey(map, key));
    return map instanceof Map ? map.get(key) : field(map, key as string);
  }

  /**
   * Whether a key is in one of the dictionaries.
   *
   * @param key The key.
   * @returns Whether it is.
   */
  has(key: unknown): boolean {
    return this.maps.some((map) => hasKey(map, key));
  }

  /**
   * All keys with the values that {@linkcode get} gives.
   *
   * @returns A new dictionary.
   */
  toMap(): PyDict {
    return new PyDict(this.maps.toReversed().flatMap(entriesOf));
  }

  /**
   * The same, for `JSON.stringify` and `toPlain`.
   *
   * @returns A new dictionary.
   */
  toJSON(): PyDict {
    return this.toMap();
  }
}
