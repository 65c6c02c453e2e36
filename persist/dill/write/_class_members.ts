/** Which methods, getters and setters of a class come with its text, and what its computed names are. */
import type { ClassMethod } from "../source/class_source.ts";
import type { ClassItem, Member } from "./_items.ts";

/** What is known of a class once its text is held against the class itself. */
export interface ClassMembers {
  readonly members: ReadonlyMap<object, Member>;
  /** Whether an own property of the class, or of its prototype, comes with the text. */
  comesWith(isStatic: boolean, key: string | symbol): boolean;
  /** Names of the text that are not there any more. */
  deleted(isStatic: boolean): (string | symbol)[];
}

/** Holds the text of a class against the class. Notes the values of computed names. */
export function membersOf(cls: object, item: ClassItem): ClassMembers {
  const prototype = (cls as { prototype: object }).prototype;
  const members = new Map<object, Member>();
  const parts = { true: new Set<string>(), false: new Set<string>() };
  const claim = (method: ClassMethod, key: string | symbol): boolean => {
    const descriptor = Object.getOwnPropertyDescriptor(method.isStatic ? cls : prototype, key);
    const fn: unknown = descriptor?.[method.kind];
    if (typeof fn !== "function" || members.has(fn)) return false;
    // What stands for a computed name is another expression in a class that was loaded.
    const text = Function.prototype.toString.call(fn);
    if (method.tail === undefined ? text !== method.text : !text.endsWith(method.tail)) {
      return false;
    }
    members.set(fn, { of: cls, isStatic: method.isStatic, key, part: method.kind });
    return true;
  };
  for (const method of item.source.methods) {
    if (method.name !== undefined) {
      // Of several with one name the last counts.
      parts[`${method.isStatic}`].add(method.name);
      claim(method, method.name);
      continue;
    }
    const holder = method.isStatic ? cls : prototype;
    const key = Reflect.ownKeys(holder).find((key) => claim(method, key));
    if (key !== undefined) item.keys.set(method.key![0], key);
  }
  return {
    members,
    comesWith(isStatic, key) {
      const descriptor = Object.getOwnPropertyDescriptor(isStatic ? cls : prototype, key)!;
      if (descriptor.enumerable || !descriptor.configurable || descriptor.writable === false) {
        return false;
      }
      const functions = [descriptor.value, descriptor.get, descriptor.set]
        .filter((part) => part !== undefined);
      return functions.length > 0 && functions.every((fn) => {
        const member = members.get(fn);
        return member !== undefined && member.key === key && member.isStatic === isStatic;
      });
    },
    deleted(isStatic) {
      const holder = isStatic ? cls : prototype;
      return [...parts[`${isStatic}`]].filter((name) => !Object.hasOwn(holder, name));
    },
  };
}
