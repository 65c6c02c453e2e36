/**
 * Options of servers that have several members.
 *
 * @module
 */
import type { RulesOf } from "../../persist/options.ts";
import type { ListenAddress, ServerOptions } from "../server/mod.ts";
import { PLAIN_RULES } from "./_messages.ts";

/** Options of a server with several members on one port. */
export interface CrewOptions
  extends
    ListenAddress,
    Omit<ServerOptions, "signal" | "onError" | "onShortage" | "onReject" | "reusePort"> {
  /**
   * Told of an error that ended a handler, with the name of the member it ran in. What the network did is not told.
   *
   * @default {undefined}
   */
  onError?: ((error: Error, member: string) => void) | undefined;
  /**
   * Told that a member has died. It is replaced after a pause that grows from 100 ms to 5 s while it keeps dying.
   *
   * @default {undefined}
   */
  onDeath?: ((reason: string, member: string) => void) | undefined;
}

/** What {@linkcode CrewOptions} may be. */
export const CREW_RULES: RulesOf<CrewOptions> = {
  ...PLAIN_RULES,
  hostname: "string",
  port: "any",
  onError: "function",
  onDeath: "function",
};
