import { Global } from "../types/global.ts";
import * as op from "./_opcodes.ts";
import { toPython2 } from "./_python2_names.ts";
import type { Saver } from "./_saver.ts";
import { PicklingError } from "./errors.ts";

const GETATTR = new Global("builtins", "getattr");
const ENCODER = new TextEncoder();

/** Writes a reference to a class or function; `object` is what the memo knows it by besides its name. */
export function saveGlobal(saver: Saver, global: Global, object: object = global): void {
  const { module, qualname } = global;
  const { out, protocol } = saver;
  const key = `c${module}\n${qualname}`;
  const known = saver.memo.names.get(key);
  if (known !== undefined) return saver.fetch(known);
  const code = protocol >= 2 ? saver.settings.registry.extensionCode(module, qualname) : undefined;
  if (code !== undefined) return saveExtension(saver, code);
  if (protocol >= 4) {
    if (isFreshModule(module, qualname)) saveFreshName(saver, module);
    else saveName(saver, module);
    if (isFresh(module, qualname)) saveFreshName(saver, qualname);
    else saveName(saver, qualname);
    out.byte(op.STACK_GLOBAL);
  } else saveAttributes(saver, module, qualname.split("."));
  if (!saver.fast) saver.memo.names.set(key, saver.memo.size);
  if (object instanceof Global) saver.memoizeTemporary();
  else saver.memoize(object);
}

/** Older protocols name only what stands at the top of a module; the rest are attributes: `getattr(module.a, "b")`. */
function saveAttributes(saver: Saver, module: string, path: string[]): void {
  const { out, protocol } = saver;
  const [top, ...attributes] = path as [string, ...string[]];
  for (let i = 0; i < attributes.length; i++) {
    saveGlobal(saver, GETATTR);
    if (protocol < 2) out.byte(op.MARK);
  }
  const [where, name] = protocol < 3 && (saver.settings.fixImports ?? true)
    ? toPython2(module, top)
    : [module, top];
  saveLine(saver, `c${where}\n`);
  saveLine(saver, `${name}\n`);
  for (const attribute of attributes) {
    saveName(saver, attribute);
    out.byte(protocol < 2 ? op.TUPLE : op.TUPLE2);
    out.byte(op.REDUCE);
  }
}

/** Modules written in C: their names are strings made anew for each use, so an equal string is not the same object. */
const IN_C = new Set(["builtins", "datetime", "array", "_codecs", "decimal", "_operator"]);
const C_COLLECTIONS = new Set(["deque", "OrderedDict", "defaultdict"]);

function isFresh(module: string, name: string): boolean {
  return IN_C.has(module) || module === "collections" && C_COLLECTIONS.has(name);
}

/** Types that C code makes at run time hold a name of their module of their own (CPython 3.12 and later). */
function isFreshModule(module: string, name: string): boolean {
  return module === "array" || module === "decimal" ||
    module === "collections" && (name === "deque" || name === "defaultdict");
}

function saveFreshName(saver: Saver, name: string): void {
  if (saver.settings.persistentId !== undefined) return saver.save(name);
  if (saver.out.pos >= saver.out.full) saver.out.commit();
  saver.saveFresh(name);
}

function saveName(saver: Saver, name: string): void {
  if (saver.out.pos >= saver.out.full) saver.out.commit();
  if (saver.settings.persistentId !== undefined) saver.save(name);
  else saver.saveString(name, true);
}

function saveExtension(saver: Saver, code: number): void {
  const { out } = saver;
  if (code <= 0xff) return out.byte2(op.EXT1, code);
  if (code > 0xffff) return out.int32(op.EXT4, code);
  out.need(3);
  out.buf[out.pos++] = op.EXT2;
  out.buf[out.pos++] = code;
  out.buf[out.pos++] = code >> 8;
}

function saveLine(saver: Saver, line: string): void {
  const { out, protocol } = saver;
  // deno-lint-ignore no-control-regex
  if (/^[\x00-\x7f]*$/.test(line)) return out.ascii(line);
  if (protocol < 3) {
    throw new PicklingError(
      `Cannot pickle the global ${JSON.stringify(line.trim())} with protocol ${protocol}: ` +
        `names must be ASCII below protocol 3`,
    );
  }
  for (const byte of ENCODER.encode(line)) out.byte(byte);
}
