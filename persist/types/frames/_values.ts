/** The values of what pandas keeps columns and labels in, from the recipes that its pickles hold. */
import { NdArray } from "../arrays/nd_array.ts";
import { NdScalar } from "../arrays/nd_scalar.ts";
import { tagTuple } from "../containers/tuple.ts";
import { Global } from "../objects/global.ts";
import { PyObject } from "../objects/py_object.ts";
import { field, numberOf } from "../recipes/fields.ts";
import { Timedelta, Timestamp } from "./moments.ts";
import { periodCode, periodText } from "./_periods.ts";
import { momentIn } from "./_zones.ts";

/** Most labels or values that are made of a few numbers: ranges and sparse columns. */
const MOST = 2 ** 24;
/** Deepest nesting: a level of an index has categories, which have values. */
const DEEPEST = 8;

/** The last part of a name with dots. */
export function lastName(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

/** Throws the error of a recipe that cannot be decoded. */
export function cannotRead(needed: string, received: unknown): never {
  const name = received instanceof PyObject ? classOf(received) : typeof received;
  throw new TypeError(`Cannot read pandas' data: needed ${needed}, received ${name}`);
}

/** The class of what a recipe makes; of one that is made by a function, the class is its first argument. */
export function classOf(recipe: PyObject): string {
  const [first] = recipe.args;
  const made = /^(?:__pyx_unpickle|_new_)/.test(lastName(recipe.className)) ? first : undefined;
  return made instanceof Global ? String(made) : recipe.className;
}

/** The values of an array or index; of an array with two axes, its rows. */
export function valuesOf(source: unknown, depth = 0): unknown[] {
  if (depth > DEEPEST) cannotRead("less nesting", source);
  if (source instanceof NdArray) return arrayValues(source);
  if (Array.isArray(source)) return source.map(valueOf);
  if (!(source instanceof PyObject)) return cannotRead("an array", source);
  const inner = (part: unknown) => valuesOf(part, depth + 1);
  const [, ndarray] = backing(source);
  switch (lastName(classOf(source))) {
    case "RangeIndex":
      return rangeValues(source.args[1]);
    case "MultiIndex":
      return levelValues(source.args[1], inner);
    case "IntervalIndex":
      return intervalValues(source.args[1], inner);
    case "IntervalArray":
      return intervalValues(Array.isArray(source.state) ? source.state[0] : source.state, inner);
    case "Categorical":
      return categories(source, inner);
    case "DatetimeArray":
      return zoned(source, inner);
    case "PeriodArray":
      return periods(source, inner);
    case "StringArray":
      return inner(ndarray).map((value) => value !== value ? null : value);
    case "TimedeltaArray":
    case "PandasArray":
    case "NumpyExtensionArray":
      return inner(ndarray);
    case "IntegerArray":
    case "FloatingArray":
    case "BooleanArray":
      return masked(source, inner);
    case "SparseArray":
      return sparse(source, inner);
  }
  const data = source.args.length > 1 ? field(source.args[1], "data") : undefined;
  return data === undefined
    ? cannotRead("an array or index of a known class", source)
    : inner(data);
}

/** A value as it is shown: what is missing is `null`, times are Temporal's. */
export function valueOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Timestamp || value instanceof Timedelta) return value.toTemporal();
  if (value instanceof NdScalar) return value.value ?? value;
  const name = value instanceof PyObject
    ? lastName(value.className)
    : value instanceof Global && value.module.startsWith("pandas")
    ? value.qualname
    : "";
  return name === "NA" || name === "_nat_unpickle" || name === "__nat_unpickle" ? null : value;
}

function arrayValues(array: NdArray): unknown[] {
  const values = array.toArray();
  if (!Array.isArray(values)) return cannotRead("an array with an axis", values);
  if (array.dtype.kind !== "O") return values;
  return values.map((row) =>
    array.shape.length > 1 && Array.isArray(row) ? row.map(valueOf) : valueOf(row)
  );
}

/** Element type and array of a class around an array: as a tuple, or in older versions by name. */
function backing({ state }: PyObject): [dtype: unknown, ndarray: unknown] {
  if (Array.isArray(state)) return [state[0], state[1]];
  const array = field(state, "_ndarray") ?? field(state, "_data") ?? field(state, "_codes");
  return [field(state, "_dtype"), array];
}

type Inner = (part: unknown) => unknown[];

function rangeValues(parts: unknown): number[] {
  const [start, stop, step] = ["start", "stop", "step"].map((name) => numberOf(field(parts, name)));
  const length = Math.max(0, Math.ceil(((stop ?? 0) - (start ?? 0)) / (step ?? 1)));
  if (!(length <= MOST)) return cannotRead(`a range of at most ${MOST}`, undefined);
  return Array.from({ length }, (_, i) => (start ?? 0) + i * (step ?? 1));
}

/** Each label is a tuple, made of one value of each level. */
function levelValues(parts: unknown, inner: Inner): unknown[] {
  const levels = field(parts, "levels");
  const codes = field(parts, "codes") ?? field(parts, "labels");
  if (!Array.isArray(levels) || !Array.isArray(codes) || levels.length !== codes.length) {
    return cannotRead("an index with levels", undefined);
  }
  const columns = levels.map((level, i) => picked(inner(level), inner(codes[i])));
  const length = Math.min(...columns.map((column) => column.length));
  if (!(length * columns.length <= MOST)) return cannotRead(`at most ${MOST} labels`, undefined);
  return Array.from({ length }, (_, i) => tagTuple(columns.map((column) => column[i])));
}

/** The values that codes stand for, -1 for one that is missing. */
function picked(values: unknown[], codes: unknown[]): unknown[] {
  return codes.map((code) => values[code as number] ?? null);
}

function categories(source: PyObject, inner: Inner): unknown[] {
  const [dtype, codes] = backing(source);
  const state = dtype instanceof PyObject ? dtype.state : undefined;
  return picked(inner(field(state, "categories")), inner(codes));
}

function intervalValues(parts: unknown, inner: Inner): unknown[] {
  const [left, right] = ["left", "right"].map((side) =>
    inner(field(parts, side) ?? field(parts, `_${side}`))
  ) as [unknown[], unknown[]];
  return left.map((value, i) => ({ left: value, right: right[i] }));
}

function zoned(source: PyObject, inner: Inner): unknown[] {
  const [dtype, ndarray] = backing(source);
  const moments = inner(ndarray);
  if (!(dtype instanceof PyObject)) return moments;
  const zone = field(dtype.state, "tz") ?? dtype.args[1] ?? null;
  const place = (moment: unknown): unknown => {
    if (Array.isArray(moment)) return moment.map(place);
    if (!(moment instanceof Temporal.PlainDateTime)) return moment;
    return momentIn(moment.toZonedDateTime("UTC").toInstant(), zone);
  };
  return moments.map(place);
}

function periods(source: PyObject, inner: Inner): unknown[] {
  const [dtype, ndarray] = backing(source);
  const frequency = dtype instanceof PyObject ? dtype.args[0] : undefined;
  const code = periodCode(
    frequency instanceof PyObject ? lastName(frequency.className) : String(frequency),
  );
  const show = (count: unknown): unknown => {
    if (Array.isArray(count)) return count.map(show);
    return typeof count === "number" ? periodText(count, code) : null;
  };
  return inner(ndarray).map(show);
}

function masked({ state }: PyObject, inner: Inner): unknown[] {
  const mask = inner(field(state, "_mask"));
  return inner(field(state, "_data")).map((value, i) => mask[i] === true ? null : value);
}

/** Values at some places, and one value at all others. */
function sparse({ state }: PyObject, inner: Inner): unknown[] {
  const places = field(state, "_sparse_index");
  const dtype = field(state, "_dtype");
  if (!(places instanceof PyObject)) return cannotRead("a sparse index", places);
  const [size, first, lengths] = places.args;
  const length = numberOf(size) ?? -1;
  if (!(length >= 0 && length <= MOST)) return cannotRead(`at most ${MOST} values`, undefined);
  const fill = dtype instanceof PyObject ? field(dtype.state, "_fill_value") : undefined;
  const values = new Array<unknown>(length).fill(valueOf(fill ?? null));
  const starts = inner(first) as number[];
  const runs = lengths === undefined ? undefined : inner(lengths) as number[];
  let next = 0;
  const known = inner(field(state, "_sparse_values"));
  for (const [i, start] of starts.entries()) {
    const run = runs?.[i] ?? 1;
    for (let n = 0; n < run && next < known.length; n++) {
      if (start + n < length) values[start + n] = known[next++];
    }
  }
  return values;
}
