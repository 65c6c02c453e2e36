import { Global } from "../../types/objects/global.ts";
import { hasFreshModule, hasFreshName, isFunctionInC } from "./_c_names.ts";
import { freshModules } from "../notes.ts";
import * as op from "../opcodes.ts";
import { toPython2 } from "../python2_names.ts";
import type { Saver } from "./_saver.ts";
import { PicklingError } from "../errors.ts";

const GETATTR = new Global("builtins", "getattr");
const ENCODER = new TextEncoder();

/** Writes a reference to a class or function; `object` is what the memo knows it by besides its name. */
export function saveGlobal(saver: Saver, global: Global, object: object = global): void {
  const { module, qualname } = global;
  const { out, protocol } = saver;
  const key = `c${module.length}:${module}${qualname}`;
  const known = saver.memo.names.get(key);
  if (known !== undefined) return saver.fetch(known);
  const code = protocol >= 2 ? saver.settings.registry.extensionCode(module, qualname) : undefined;
  if (code !== undefined) return saveExtension(saver, code);
  if (protocol >= 4) {
    if (freshModules.has(global)) saveFreshName(saver, module);
    else saveModule(saver, module, qualname);
    if (hasFreshName(module, qualname)) saveFreshName(saver, qualname);
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

/** The name of a module: for types one string, for the functions of a module in C another one, for some types a new one. */
function saveModule(saver: Saver, module: string, name: string): void {
  const { memo } = saver;
  if (isFunctionInC(module, name)) {
    const key = `m${module}`;
    const index = memo.names.get(key);
    if (index !== undefined) return saver.fetch(index);
    if (!saver.fast) memo.names.set(key, memo.size);
    saveFreshName(saver, module);
  } else if (hasFreshModule(module, name)) saveFreshName(saver, module);
  else saveName(saver, module);
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
