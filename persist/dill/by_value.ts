/** Modules whose exports are dumped as code, not by name. */

const byValue: Set<string> = new Set();
const namespaces: Set<object> = new Set();

/**
 * From now on the exports of a module are dumped as code and values, not saved as specifier and name: for a module that the
 * reader of the dump does not have.
 *
 * @param module The module's specifier (`npm:lodash-es`, without a version too) or URL (`import.meta.url`), or its
 * namespace object (`import * as module`).
 * @returns Takes it back.
 *
 * @example A helper that the other side does not have
 * ```ts
 * import { registerByValue } from "@ferry/std/persist/dill";
 *
 * const unregister = registerByValue(import.meta.resolve("./helpers.ts"));
 * unregister();
 * ```
 */
export function registerByValue(module: string | URL | object): () => void {
  if (typeof module === "object" && !(module instanceof URL)) {
    namespaces.add(module);
    return () => void namespaces.delete(module);
  }
  const name = String(module);
  byValue.add(name);
  return () => void byValue.delete(name);
}

/** Whether a specifier, or the URL of a script, belongs to a registered module. */
export function isByValue(specifier: string): boolean {
  if (byValue.has(specifier)) return true;
  for (const name of byValue) {
    const registered = packageOf(name);
    if (registered !== undefined && registered === packageOf(specifier)) return true;
  }
  return false;
}

/** Whether a value is an export of a module that was registered by its namespace object. */
export function isExportByValue(value: unknown): boolean {
  for (const namespace of namespaces) {
    if (Object.values(namespace).includes(value)) return true;
  }
  return false;
}

/** The npm package of a specifier, or of a file in the runtime's cache or a node_modules folder. */
export function packageOf(specifier: string): string | undefined {
  return /^npm:\/?((?:@[^/]+\/)?[^@/]+)/.exec(specifier)?.[1] ??
    /\/npm\/[^/]+\/((?:@[^/]+\/)?[^/]+)\/\d[^/]*\//.exec(specifier)?.[1] ??
    /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(specifier)?.[1];
}
