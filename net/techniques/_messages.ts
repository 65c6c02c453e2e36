/** What a server and its workers or processes say to each other. Plain data: it travels as a clone, or as JSON. */
import type { RulesOf } from "../../persist/options.ts";
import type { Address } from "../errors.ts";
import type { ServerOptions, ShutdownReport } from "../server/mod.ts";
import { SERVER_RULES } from "../server/server.ts";
import type { DescribedTarget } from "./target.ts";

/** The options of a server that can cross to another thread. */
export type PlainServerOptions = Omit<
  ServerOptions,
  "signal" | "onError" | "onShortage" | "onReject" | "reusePort"
>;

/** To a worker or process. */
export type Command =
  | {
    readonly kind: "listen";
    readonly target: DescribedTarget;
    readonly hostname: string;
    readonly port: number;
    readonly options: PlainServerOptions;
  }
  | { readonly kind: "shutdown"; readonly grace: number }
  | { readonly kind: "cut" };

/** From a worker or process. */
export type Notice =
  | { readonly kind: "listening"; readonly address: Address }
  | { readonly kind: "failed"; readonly name: string; readonly message: string }
  | { readonly kind: "error"; readonly name: string; readonly message: string }
  | { readonly kind: "closed"; readonly report: ShutdownReport };

const { signal: _, onError: _1, onShortage: _2, onReject: _3, reusePort: _4, ...PLAIN } =
  SERVER_RULES;

/** What {@linkcode PlainServerOptions} may be. */
export const PLAIN_RULES: RulesOf<PlainServerOptions> = PLAIN;

/** An error as it crosses. */
export function describeError(error: unknown): { name: string; message: string } {
  return error instanceof Error
    ? { name: error.name, message: error.message }
    : { name: "Error", message: String(error) };
}
