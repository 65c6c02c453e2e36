import { DType } from "../arrays/d_type.ts";
import { NdArray } from "../arrays/nd_array.ts";
import { NdScalar } from "../arrays/nd_scalar.ts";
import { PyArray } from "../arrays/py_array.ts";
import { Slice } from "../containers/slice.ts";
import { ForeignZone } from "../recipes/foreign_zone.ts";
import { Complex } from "../numbers/complex.ts";
import { Fraction } from "../numbers/fraction.ts";
import { Range } from "../numbers/range.ts";
import { Global } from "../objects/global.ts";
import { PyEnum } from "../objects/enum_member.ts";
import { PyException } from "../objects/py_exception.ts";
import { PyObject } from "../objects/py_object.ts";
import { PyDateTime, PyTime } from "../time/py_date_time.ts";
import { TimeDelta } from "../time/time_delta.ts";
import { Timezone, ZoneInfo } from "../time/timezone.ts";

/** An object in terms of simpler ones, which may be containers; `undefined` if there is no such rule for it. */
export function simplify(value: object): { readonly as: unknown } | undefined {
  if (value instanceof NdScalar) return { as: value.value ?? value.data };
  if (value instanceof NdArray) return { as: rows(value) };
  if (value instanceof PyArray) {
    const { typecode, data } = value;
    if (typecode !== "u" && typecode !== "w") return { as: data };
    const points = data as ArrayLike<number>;
    return { as: Array.from(points, (point) => String.fromCodePoint(point)).join("") };
  }
  if (value instanceof PyEnum) return { as: value.value };
  if (value instanceof TimeDelta) return { as: value.milliseconds / 1000 };
  if (value instanceof PyDateTime || value instanceof PyTime) return { as: isoFormat(value) };
  if (value instanceof Timezone) return { as: value.name ?? `UTC${offset(value.offset)}` };
  if (value instanceof ZoneInfo) return { as: value.key };
  if (value instanceof Slice) return { as: [value.start, value.stop, value.step] };
  if (value instanceof Range) {
    return { as: { start: value.start, stop: value.stop, step: value.step } };
  }
  if (
    value instanceof Complex || value instanceof Fraction || value instanceof Global ||
    value instanceof DType
  ) return { as: value instanceof DType ? value.byteOrder + value.code : String(value) };
  if (value instanceof PyException) return { as: { error: value.name, args: value.args } };
  // Recipes that can be looked into say themselves what they are.
  return value instanceof PyObject && !("toJSON" in value) ? { as: recipe(value) } : undefined;
}

/** What a recipe holds, without what it does not. */
function recipe(object: PyObject): Record<string, unknown> {
  const { args, kwargs, state, listItems, dictItems, setItems } = object;
  const parts = { kwargs, state, items: listItems ?? setItems, entries: dictItems };
  return {
    class: object.className,
    ...(args.length > 0 ? { args } : {}),
    ...Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined)),
  };
}

/** The elements of an array in rows of rows; its bytes if they are not those of its type and shape. */
function rows(array: NdArray): unknown {
  try {
    return array.toArray();
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) return array.data;
    throw error;
  }
}

const two = (n: number, size = 2) => String(n).padStart(size, "0");

function isoFormat(time: PyTime): string {
  const date = time instanceof PyDateTime
    ? `${two(time.year, 4)}-${two(time.month)}-${two(time.day)}T`
    : "";
  const micro = time.microsecond === 0 ? "" : `.${two(time.microsecond, 6)}`;
  const { tzinfo } = time;
  const zone = tzinfo instanceof Timezone
    ? offset(tzinfo.offset)
    : tzinfo instanceof ZoneInfo
    ? `[${tzinfo.key}]`
    : tzinfo instanceof ForeignZone
    ? foreign(tzinfo)
    : "";
  return `${date}${two(time.hour)}:${two(time.minute)}:${two(time.second)}${micro}${zone}`;
}

function foreign({ key, utcOffset }: ForeignZone): string {
  const shift = utcOffset === undefined ? "" : offset(new TimeDelta(0, utcOffset));
  return key === undefined ? shift : `${shift}[${key}]`;
}

function offset({ days, seconds }: TimeDelta): string {
  const total = days * 86400 + seconds;
  const size = Math.abs(total);
  const rest = size % 60 === 0 ? "" : `:${two(size % 60)}`;
  const sign = total < 0 ? "-" : "+";
  return `${sign}${two(Math.floor(size / 3600))}:${two(Math.floor(size / 60) % 60)}${rest}`;
}
