import { DType, NdArray, NdScalar } from "../arrays/nd_array.ts";
import { PyArray } from "../arrays/py_array.ts";
import { Slice } from "../containers/slice.ts";
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
  if (value instanceof NdScalar) return { as: value.valueOf() ?? value.data };
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
  return value instanceof PyObject ? { as: recipe(value) } : undefined;
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

/** The elements of an array in rows of rows, as `tolist()` gives them; its bytes if it has elements of no simple type. */
function rows(array: NdArray): unknown {
  const items = Array.isArray(array.data) ? array.data : array.typed();
  const { shape } = array;
  if (items === undefined || shape.reduce((size, n) => size * n, 1) !== items.length) {
    return array.data;
  }
  // Of an array without elements, the shape can ask for any number of empty rows.
  let lists = 1;
  shape.reduce((size, n) => (lists += size * n, size * n), 1);
  if (lists > items.length * (shape.length + 1) + 1000) return array.data;
  const isBool = array.dtype.code === "b1";
  const at = (index: number) => isBool ? items[index] === 1 : items[index];
  // How far apart the elements of one axis stand.
  const strides = new Array<number>(shape.length);
  const order = shape.map((_, axis) => axis);
  if (array.order === "C") order.reverse();
  order.reduce((size, axis) => (strides[axis] = size) * shape[axis]!, 1);
  const build = (axis: number, start: number): unknown =>
    axis === shape.length
      ? at(start)
      : Array.from({ length: shape[axis]! }, (_, i) => build(axis + 1, start + i * strides[axis]!));
  return build(0, 0);
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
    : "";
  return `${date}${two(time.hour)}:${two(time.minute)}:${two(time.second)}${micro}${zone}`;
}

function offset({ days, seconds }: TimeDelta): string {
  const total = days * 86400 + seconds;
  const size = Math.abs(total);
  const rest = size % 60 === 0 ? "" : `:${two(size % 60)}`;
  const sign = total < 0 ? "-" : "+";
  return `${sign}${two(Math.floor(size / 3600))}:${two(Math.floor(size / 60) % 60)}${rest}`;
}
