/** Are two values the same graph? Stricter than `assertEquals`: sharing, cycles, holes, -0, classes, prototypes. */

const builtIns: readonly (new (...args: never[]) => unknown)[] = [
  Map,
  Set,
  Date,
  RegExp,
  ArrayBuffer,
  DataView,
  URL,
  URLSearchParams,
  Temporal.ZonedDateTime,
  Temporal.Duration,
];

/** Path of the first difference between `a` and `b`, or undefined when there is none. */
export function difference(a: unknown, b: unknown): string | undefined {
  const twin = new Map<object, object>();
  const back = new Map<object, object>();
  const work: [unknown, unknown, string][] = [[a, b, "value"]];
  for (let item = work.pop(); item !== undefined; item = work.pop()) {
    const [x, y, path] = item;
    if (typeof x !== "object" || x === null) {
      if (!Object.is(x, y)) return `${path}: ${String(x)} became ${String(y)}`;
      continue;
    }
    if (typeof y !== "object" || y === null) return `${path}: an object became ${String(y)}`;
    if (twin.has(x) || back.has(y)) {
      if (twin.get(x) !== y || back.get(y) !== x) return `${path}: sharing differs`;
      continue;
    }
    twin.set(x, y);
    back.set(y, x);
    if (Object.getPrototypeOf(x) !== Object.getPrototypeOf(y)) return `${path}: prototype differs`;
    const wrong = parts(x, y, path, work);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function parts(
  x: object,
  y: object,
  path: string,
  work: [unknown, unknown, string][],
): string | undefined {
  if (ArrayBuffer.isView(x) || x instanceof ArrayBuffer) {
    return sameBytes(x, y as ArrayBuffer) ? undefined : `${path}: bytes differ`;
  }
  if (x instanceof Map) {
    work.push([[...x.keys()], [...(y as typeof x).keys()], `${path}.keys()`]);
    work.push([[...x.values()], [...(y as typeof x).values()], `${path}.values()`]);
    return;
  }
  if (x instanceof Set) {
    work.push([[...x], [...(y as typeof x)], `[...${path}]`]);
    return;
  }
  if (x instanceof Date) {
    return Object.is(x.getTime(), (y as Date).getTime()) ? undefined : `${path}: time differs`;
  }
  if (x instanceof RegExp) {
    return String(x) === String(y) && x.lastIndex === (y as RegExp).lastIndex
      ? undefined
      : `${path}: expression differs`;
  }
  if (
    x instanceof URLSearchParams || x instanceof Temporal.ZonedDateTime ||
    x instanceof Temporal.Duration
  ) return String(x) === String(y) ? undefined : `${path}: ${String(x)} became ${String(y)}`;
  if (x instanceof URL) return x.href === (y as URL).href ? undefined : `${path}: URL differs`;
  if (
    x instanceof Number || x instanceof String || x instanceof Boolean || x instanceof BigInt
  ) {
    return Object.is(x.valueOf(), y.valueOf()) ? undefined : `${path}: boxed value differs`;
  }
  if (x instanceof Error) {
    for (const key of ["name", "message", "stack"] as const) {
      if (x[key] !== (y as Error)[key]) {
        return `${path}.${key}: ${x[key]} became ${(y as Error)[key]}`;
      }
    }
    for (const key of ["cause", "errors"] as const) {
      if (Object.hasOwn(x, key) !== Object.hasOwn(y, key)) {
        return `${path}.${key}: presence differs`;
      }
      work.push([Reflect.get(x, key), Reflect.get(y, key), `${path}.${key}`]);
    }
  } else if (builtIns.some((c) => x instanceof c)) {
    return `${path}: not compared`;
  }
  if (Array.isArray(x) && x.length !== (y as unknown[]).length) return `${path}: length differs`;
  const keys = Object.keys(x).filter((key) => !(x instanceof Error && key === "name"));
  const others = Object.keys(y).filter((key) => !(x instanceof Error && key === "name"));
  if (keys.length !== others.length || keys.some((key, i) => key !== others[i])) {
    return `${path}: keys ${keys} became ${others}`;
  }
  for (const key of keys) {
    work.push([
      Object.getOwnPropertyDescriptor(x, key)!.value,
      Object.getOwnPropertyDescriptor(y, key)!.value,
      `${path}[${JSON.stringify(key)}]`,
    ]);
  }
  return undefined;
}

function bytesOf(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

function sameBytes(x: ArrayBuffer | ArrayBufferView, y: ArrayBuffer | ArrayBufferView): boolean {
  const a = bytesOf(x);
  const b = bytesOf(y);
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
