/** Where in a value the part is that cannot be sent. Runs only after encoding has failed. */

/** Thrown inside the encoder; becomes an UnsendableError with a path. */
export class Refusal {
  readonly value: unknown;
  readonly reason: string;

  constructor(value: unknown, reason: string) {
    this.value = value;
    this.reason = reason;
  }
}

function member(path: string, key: string): string {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u.test(key)
    ? `${path}.${key}`
    : `${path}[${JSON.stringify(key)}]`;
}

interface Part {
  readonly value: unknown;
  readonly path: string;
}

/** The parts directly below a value, in the order in which they are encoded. */
function* parts({ value, path }: Part): Generator<Part> {
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    for (const key of Object.keys(value)) {
      const index = Number(key);
      if (Number.isInteger(index)) yield { value: value[index], path: `${path}[${key}]` };
    }
    return;
  }
  if (value instanceof Map) {
    let index = 0;
    for (const [key, entry] of value) {
      yield { value: key, path: `[...${path}.keys()][${index}]` };
      const simple = typeof key === "string" || typeof key === "number" ||
        typeof key === "boolean" || key === null;
      yield {
        value: entry,
        path: simple
          ? `${path}.get(${typeof key === "string" ? JSON.stringify(key) : String(key)})`
          : `[...${path}.values()][${index}]`,
      };
      index++;
    }
    return;
  }
  if (value instanceof Set) {
    let index = 0;
    for (const entry of value) yield { value: entry, path: `[...${path}][${index++}]` };
    return;
  }
  if (value instanceof Error) {
    if (value.cause !== undefined) yield { value: value.cause, path: `${path}.cause` };
    if (value instanceof AggregateError) yield { value: value.errors, path: `${path}.errors` };
  }
  for (const key of Object.keys(value)) {
    yield { value: (value as Record<string, unknown>)[key], path: member(path, key) };
  }
}

/**
 * Path of `culprit` below `root`, as a JavaScript expression. Undefined when it cannot be found again, because a getter
 * made it or a registered class put it into its payload.
 */
export function findPath(root: unknown, culprit: unknown): string | undefined {
  const visited = new Set<unknown>();
  const first: Part = { value: root, path: "value" };
  if (Object.is(root, culprit)) return first.path;
  visited.add(root);
  const stack: Generator<Part>[] = [parts(first)];
  try {
    while (stack.length > 0) {
      const { value: part, done } = stack.at(-1)!.next();
      if (done) {
        stack.pop();
        continue;
      }
      if (Object.is(part.value, culprit)) return part.path;
      if (typeof part.value !== "object" || part.value === null || visited.has(part.value)) {
        continue;
      }
      visited.add(part.value);
      stack.push(parts(part));
    }
  } catch {
    // A getter that answered once throws now: the path stays unknown.
  }
  return undefined;
}
