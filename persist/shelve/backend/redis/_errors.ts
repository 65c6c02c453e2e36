/** The shelf's errors for those of Redis and of its client. */
import { ErrorReply } from "@redis/client";
import {
  ShelfBusyError,
  ShelfConnectionError,
  ShelfError,
  ShelfFormatError,
  ShelfFullError,
  ShelfReadOnlyError,
} from "../../errors.ts";

/** The first words of Redis's error replies. */
const REPLIES: Record<string, new (message: string, options: ErrorOptions) => ShelfError> = {
  BUSY: ShelfBusyError,
  CLUSTERDOWN: ShelfBusyError,
  LOADING: ShelfBusyError,
  MASTERDOWN: ShelfBusyError,
  OOM: ShelfFullError,
  READONLY: ShelfReadOnlyError,
  TRYAGAIN: ShelfBusyError,
  WRONGTYPE: ShelfFormatError,
};

/** The shelf's error. What is no reply is the connection's. */
export function redisError(what: string, error: unknown): unknown {
  if (error instanceof ShelfError || !(error instanceof Error)) return error;
  const message = `Cannot ${what}: ${error.message}`;
  if (!(error instanceof ErrorReply)) return new ShelfConnectionError(message, { cause: error });
  const Class = REPLIES[error.message.split(" ", 1)[0]!] ?? ShelfError;
  return new Class(message, { cause: error });
}
