import { pyError } from "../python_values.ts";
import { ACQUIRE, acquiring } from "./_acquire.ts";
import { Permits } from "./_permits.ts";
import { type Referent, referent } from "./referent.ts";

function semaphoreType(limit: (value: number) => number): Referent {
  return referent<Permits>({
    proxyType: "AcquirerProxy",
    make: ([first = 1], kwargs) => {
      const value = kwargs.value ?? first;
      if (typeof value !== "number" || !Number.isInteger(value) || value < 0) {
        throw pyError("ValueError", "semaphore initial value must be >= 0");
      }
      return new Permits(value, limit(value));
    },
    parameters: { ...ACQUIRE, release: ["n"] },
    methods: {
      acquire: acquiring("over"),
      release: (permits, caller, n: unknown = 1) => {
        if (typeof n !== "number" || !Number.isInteger(n) || n < 1) {
          throw pyError("ValueError", "n must be one or more");
        }
        permits.release(caller, n);
        return null;
      },
    },
  });
}

/** Python's `threading.Semaphore`. */
export const countingType: Referent = semaphoreType(() => Infinity);
/** Python's `threading.BoundedSemaphore`. */
export const boundedType: Referent = semaphoreType((value) => value);
