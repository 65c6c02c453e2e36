/** What a validator offers that follows the Standard Schema, version 1 (standardschema.dev). */
export interface StandardSchema<T = unknown> {
  /** The validator's part for other programs. */
  readonly "~standard": {
    /** Version of the standard. */
    readonly version: 1;
    /** Name of the library. */
    readonly vendor: string;
    /** Checks a value. */
    readonly validate: (value: unknown) => StandardResult<T> | Promise<StandardResult<T>>;
    /** Only for types. */
    readonly types?: { readonly input: unknown; readonly output: T } | undefined;
  };
}

/** What a validator says: the value, or what is wrong with it. */
export type StandardResult<T> =
  | { readonly value: T; readonly issues?: undefined }
  | {
    /** What is wrong, and where. */
    readonly issues: readonly {
      readonly message: string;
      readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
    }[];
  };

/**
 * What is wrong, for an error's message; at most five things.
 *
 * @param issues What the validator said.
 */
export function issuesText(
  issues: Extract<StandardResult<unknown>, { issues: readonly unknown[] }>["issues"],
): string {
  return issues.slice(0, 5).map(({ message, path }) => {
    const keys = path?.map((step) => String(typeof step === "object" ? step.key : step)) ?? [];
    return keys.length === 0 ? message : `${message} at ${keys.join(".")}`;
  }).join("; ");
}
