import { AuthenticationError } from "../../../net/connection/mod.ts";
import type { Failure } from "../../../persist/redis/failure.ts";
import { RemoteError, ServerAwayError } from "../errors.ts";

/** This client's session is not known to the server: it was buried, or the server has lost its data. */
export class SessionGoneError extends Deno.errors.NotConnected {}

/** The error of a manager on Redis for a failure of its connection. */
export function managerError(failure: Failure, message: string, cause?: unknown): Error {
  const reply = cause instanceof Error ? cause.message : "";
  if (cause instanceof Deno.errors.NotCapable) return cause;
  if (reply.startsWith("FERRYSESSION")) return new SessionGoneError(message);
  const because = { cause };
  switch (failure) {
    case "closed":
      return new Deno.errors.BadResource("The manager's connection is closed");
    case "lost":
      return new ServerAwayError(message, false, cause);
    case "busy":
      return new Deno.errors.Busy(message, because);
    case "wrongType":
      return new Deno.errors.InvalidData(
        `${message}: somebody else has written to the key`,
        because,
      );
    case "denied":
      return reply.startsWith("NOPERM")
        ? new Deno.errors.PermissionDenied(message, because)
        : new AuthenticationError({ op: "connect", reason: reply, cause });
    default:
      return new RemoteError(
        message.replace(/^Cannot /, "").replace(/: [^]*$/, ""),
        reply.replace(/^FERRYGONE /, "").replace(/ script: .*$/, ""),
      );
  }
}
