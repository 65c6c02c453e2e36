/**
 * Watches one call at a time: how long it takes, how much memory it takes, whether it pollutes a prototype, which error it
 * throws, and whether its value is made of known classes only.
 */
export interface Observation {
  /** What happened, without numbers: calls that do the same have the same. */
  readonly outcome: string;
  /** What must not happen; `undefined` if all is well. */
  readonly fault: string | undefined;
  readonly milliseconds: number;
  readonly bytes: number;
}

export interface Limits {
  readonly milliseconds: number;
  readonly bytes: number;
}

const PROTOTYPES: readonly object[] = [
  Object.prototype,
  Array.prototype,
  Function.prototype,
  Map.prototype,
  Set.prototype,
  String.prototype,
  Number.prototype,
  Promise.prototype,
];

function fingerprint(): string {
  return PROTOTYPES.map((prototype) => Reflect.ownKeys(prototype).map(String).join()).join("|");
}

function memory(): number {
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

/** Most objects of a value that are looked at. */
const MAX_NODES = 5000;

/** Names the first object of a class that is not known; looks at no getter and calls nothing. */
function stranger(root: unknown, known: ReadonlySet<object | null>): string | undefined {
  const seen = new Set<object>();
  const stack: unknown[] = [root];
  while (stack.length > 0 && seen.size < MAX_NODES) {
    const value = stack.pop();
    if (typeof value === "function") {
      if (!known.has(value.prototype)) return `function ${value.name}`;
      continue;
    }
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    const prototype = Object.getPrototypeOf(value);
    if (!known.has(prototype)) return `object of ${prototype?.constructor?.name}`;
    if (ArrayBuffer.isView(value)) continue;
    if (value instanceof Map) { for (const [key, item] of value) stack.push(key, item); }
    else if (value instanceof Set) { for (const item of value) stack.push(item); }
    for (const key of Object.keys(value).slice(0, 1000)) {
      const { value: item } = Object.getOwnPropertyDescriptor(value, key)!;
      stack.push(item);
    }
  }
  return undefined;
}

/** Runs calls and judges them. */
export class Watch {
  readonly #limits: Limits;
  readonly #known: ReadonlySet<object | null>;
  readonly #before = fingerprint();

  /** `known`: the classes that values may consist of. */
  constructor(limits: Limits, known: readonly { readonly prototype: object }[]) {
    this.#limits = limits;
    this.#known = new Set([null, ...known.map(({ prototype }) => prototype)]);
  }

  /** Runs a call on `size` bytes that may throw errors for which `isExpected` holds. Long inputs have a microsecond per byte. */
  run(call: () => unknown, isExpected: (error: unknown) => boolean, size = 0): Observation {
    // A pause of the collector or of the machine is not the call's fault, and does not come twice.
    let best = this.#once(call, isExpected);
    for (let i = 0; i < 4 && this.#exceeds(best, size); i++) {
      const again = this.#once(call, isExpected);
      best = {
        ...best,
        milliseconds: Math.min(best.milliseconds, again.milliseconds),
        bytes: Math.min(best.bytes, again.bytes),
      };
    }
    if (best.fault !== undefined || !this.#exceeds(best, size)) return best;
    const { milliseconds, bytes } = best;
    const fault = `took ${milliseconds.toFixed(0)} ms and ${(bytes / 2 ** 20).toFixed(0)} MiB`;
    return { ...best, fault };
  }

  #exceeds({ milliseconds, bytes }: Observation, size: number): boolean {
    return milliseconds > Math.max(this.#limits.milliseconds, size / 1000) ||
      bytes > this.#limits.bytes;
  }

  #once(call: () => unknown, isExpected: (error: unknown) => boolean): Observation {
    let value: unknown;
    let error: unknown;
    let failed = false;
    const size = memory();
    const start = performance.now();
    try {
      value = call();
    } catch (thrown) {
      failed = true;
      error = thrown;
    }
    const milliseconds = performance.now() - start;
    const bytes = memory() - size;
    let fault: string | undefined;
    let outcome: string;
    if (failed) {
      const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      outcome = text.replace(/"[^"]*"|\d+|0x[0-9a-f]+/g, "#").slice(0, 100);
      if (!isExpected(error)) {
        fault = `threw ${text} ${error instanceof Error ? error.stack?.split("\n")[1] : ""}`;
      }
    } else {
      outcome = `value: ${typeof value} ${Object.prototype.toString.call(value)}`;
      const odd = stranger(value, this.#known);
      if (odd !== undefined) fault = `made a ${odd}`;
    }
    if (fingerprint() !== this.#before) fault = "changed a prototype";
    return { outcome, fault, milliseconds, bytes };
  }
}
