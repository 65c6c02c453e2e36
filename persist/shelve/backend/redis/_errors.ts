/** The shelf's errors for those of Redis and of its client. */
import type { Failure } from "../../../redis/failure.ts";
import {
  ShelfBusyError,
  ShelfClosedError,
  ShelfConnectionError,
  ShelfError,
  ShelfFormatError,
  ShelfFullError,
  ShelfReadOnlyError,
} from "../../errors.ts";

const CLASSES: Readonly<
  Record<Failure, new (message: string, options: ErrorOptions) => ShelfError>
> = {
  busy: ShelfBusyError,
  closed: ShelfClosedError,
  denied: ShelfError,
  full: ShelfFullError,
  lost: ShelfConnectionError,
  readOnly: ShelfReadOnlyError,
  refused: ShelfError,
  wrongType: ShelfFormatError,
};

/** The shelf's error for a failure. */
export function shelfError(failure: Failure, message: string, cause?: unknown): ShelfError {
  return new CLASSES[failure](message, cause === undefined ? {} : { cause });
}
