import { ErrorReply } from "@redis/client";

/**
 * What went wrong:
 *
 * - `"closed"`: this side has closed the connection
 * - `"lost"`: the server does not answer; what was sent may have been done or not
 * - `"busy"`: it will answer later
 * - `"full"`, `"readOnly"`, `"wrongType"`, `"denied"`, `"refused"`: it says no, the last for any other reason
 */
export type Failure =
  | "closed"
  | "lost"
  | "busy"
  | "full"
  | "readOnly"
  | "wrongType"
  | "denied"
  | "refused";

/** Makes the error of whoever uses the connection. `message` says what was attempted and what was in the way. */
export type MakeError = (failure: Failure, message: string, cause?: unknown) => Error;

/** The first words of Redis's error replies. */
const REPLIES: Readonly<Record<string, Failure>> = {
  BUSY: "busy",
  CLUSTERDOWN: "busy",
  LOADING: "busy",
  MASTERDOWN: "busy",
  NOAUTH: "denied",
  NOPERM: "denied",
  OOM: "full",
  READONLY: "readOnly",
  TRYAGAIN: "busy",
  WRONGPASS: "denied",
  WRONGTYPE: "wrongType",
};

/** What an error of the client means. What is no reply is the connection's. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof ErrorReply)) return "lost";
  return REPLIES[error.message.split(" ", 1)[0]!] ?? "refused";
}
