import { Global } from "../../types/objects/global.ts";
import type { ByteArray } from "../../types/arrays/byte_array.ts";
import { BINBYTES, BINBYTES8, BYTEARRAY8, SHORT_BINBYTES } from "../opcodes.ts";
import type { Saver } from "./_saver.ts";
import { FreshText } from "../fresh_text.ts";
import type { Output } from "./_output.ts";
import { latin1 } from "../../byte_text.ts";

const BYTES = new Global("builtins", "bytes");
const BYTE_ARRAY = new Global("builtins", "bytearray");
const ENCODE = new Global("_codecs", "encode");

/** Writes bytes; `object` is what the memo knows them by. */
export function saveBytes(saver: Saver, object: object | undefined, bytes: Uint8Array): void {
  // CPython has the empty bytes and each single byte once.
  const name = bytes.length === 0 ? "b" : bytes.length === 1 ? `b${bytes[0]}` : undefined;
  if (name !== undefined && !saver.fast) {
    const index = saver.memo.names.get(name);
    if (index !== undefined) return saver.fetch(index);
  }
  if (saver.protocol >= 3) {
    saver.out.payload(bytes, bytesHeader(saver.protocol));
    if (name !== undefined) saver.memo.names.set(name, saver.memo.size);
    if (object !== undefined) saver.memoize(object);
    else saver.memoizeTemporary();
    return;
  }
  const args = bytes.length === 0 ? [] : [new FreshText(latin1(bytes)), "latin1"];
  // The reduced object is numbered after REDUCE: the entry by content is made there too.
  const stand = object ?? {};
  saver.saveReduced({ callable: bytes.length === 0 ? BYTES : ENCODE, args }, stand);
  const index = saver.memo.objects.get(stand);
  if (name !== undefined && index !== undefined) saver.memo.names.set(name, index);
}

function bytesHeader(protocol: number): (out: Output, length: number) => void {
  return (out, length) => {
    if (length <= 0xff) out.byte2(SHORT_BINBYTES, length);
    else if (length <= 0xffff_ffff || protocol < 4) out.int32(BINBYTES, length);
    else out.length64(BINBYTES8, length);
  };
}

/** Writes a bytearray. */
export function saveByteArray(saver: Saver, bytes: ByteArray): void {
  if (saver.protocol >= 5) return saveByteArrayData(saver, bytes, bytes);
  const args = bytes.length === 0 ? [] : [new Uint8Array(bytes)];
  saver.saveReduced({ callable: BYTE_ARRAY, args }, bytes);
}

/** Writes the bytes of a bytearray or of a writable buffer. */
export function saveByteArrayData(saver: Saver, object: object, bytes: Uint8Array): void {
  saver.out.payload(bytes, (out, length) => out.length64(BYTEARRAY8, length));
  saver.memoize(object);
}
