/** As much of Protocol Buffers as the messages of KV Connect need. */

/** A message as it was read: the values of each field number, in order. */
export type Fields = Map<number, (Uint8Array | bigint)[]>;

/** Reads a message. */
export function read(bytes: Uint8Array): Fields {
  const fields: Fields = new Map();
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n;; shift += 7n) {
      if (at >= bytes.length || shift > 63n) throw new SyntaxError(`Bad varint at ${at}`);
      const byte = bytes[at++]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    let value: Uint8Array | bigint;
    if ((tag & 7) === 0) value = varint();
    else if ((tag & 7) === 2) {
      const length = Number(varint());
      if (at + length > bytes.length) throw new SyntaxError(`Field of ${length} bytes at ${at}`);
      value = bytes.slice(at, at + length);
      at += length;
    } else throw new SyntaxError(`Unexpected wire type ${tag & 7} at ${at}`);
    const values = fields.get(tag >> 3);
    if (values === undefined) fields.set(tag >> 3, [value]);
    else values.push(value);
  }
  return fields;
}

/** The bytes of a field, empty if it is not there. */
export function bytesAt(fields: Fields, field: number): Uint8Array {
  const value = fields.get(field)?.at(-1);
  return value instanceof Uint8Array ? value : new Uint8Array();
}

/** The number of a field, 0 if it is not there. */
export function numberAt(fields: Fields, field: number): number {
  const value = fields.get(field)?.at(-1);
  return typeof value === "bigint" ? Number(value) : 0;
}

/** The messages of a repeated field. */
export function messagesAt(fields: Fields, field: number): Fields[] {
  return (fields.get(field) ?? []).map((value) => read(value as Uint8Array));
}

/** Writes a message of fields: bytes, messages' bytes, numbers and booleans. */
export function write(
  fields: readonly (readonly [field: number, value: Uint8Array | number | boolean])[],
): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const varint = (value: number): void => {
    const out: number[] = [];
    for (; value >= 0x80; value = Math.floor(value / 128)) out.push(value % 128 | 0x80);
    parts.push(new Uint8Array([...out, value]));
  };
  for (const [field, value] of fields) {
    if (value instanceof Uint8Array) {
      varint(field << 3 | 2);
      varint(value.length);
      parts.push(value);
    } else {
      varint(field << 3);
      varint(Number(value));
    }
  }
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
