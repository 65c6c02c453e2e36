/** Where in the dumped value something is. */

/** One step from an object to what it holds. */
export function propertyStep(key: string | symbol): string {
  if (typeof key === "symbol") return `[${String(key)}]`;
  if (/^(?:0|[1-9]\d*)$/.test(key)) return `[${key}]`;
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(key)
    ? `.${key}`
    : `[${JSON.stringify(key)}]`;
}

/** How each object was first reached. */
export class Paths {
  readonly #root: unknown;
  readonly #reached: Map<unknown, { readonly from: unknown; readonly step: string }> = new Map();

  constructor(root: unknown) {
    this.#root = root;
  }

  /** Notes how something is reached. */
  note(value: unknown, from: unknown, step: string): void {
    if (value !== this.#root && !this.#reached.has(value)) this.#reached.set(value, { from, step });
  }

  /** The path to something. */
  of(value: unknown): string {
    const steps: string[] = [];
    for (let at = this.#reached.get(value); at !== undefined; at = this.#reached.get(at.from)) {
      steps.push(at.step);
    }
    return `value${steps.reverse().join("")}`;
  }
}
