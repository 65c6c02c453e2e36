import { currentProcess } from "../../process/current_process.ts";
import type { Connection } from "../../pipe/connection.ts";
import type { ListenAddress } from "../../../net/connection/mod.ts";
import type { TlsServerOptions } from "../../../net/tls/mod.ts";
import type { Address } from "../../../net/errors.ts";
import type { Door } from "../local/door.ts";
import type { PoolTask } from "../../pool/options.ts";
import { type ManagedType, openDoor, startServer } from "../manager_server.ts";

/** What the process of a manager is told. */
export interface ServeOptions {
  /** Where it listens; `null` if it does not. */
  readonly address: ListenAddress | null;
  readonly authKey: Uint8Array | string;
  /** The module of the types, and what it exports them as. */
  readonly types: readonly [module: string, name: string] | undefined;
  readonly builtinTypes: boolean;
  readonly tls: Omit<TlsServerOptions, "sni"> | undefined;
  /** The module of the functions, and what it exports them as. */
  readonly functions: readonly [module: string, name: string] | undefined;
}

/** What it says once it serves. */
export interface Ready {
  readonly address: Address | undefined;
  readonly door: Door;
}

/** The target of a manager's process: serves until it is shut down. */
export async function serve(
  ready: Connection<Ready>,
  { address, authKey, types, builtinTypes, tls, functions }: ServeOptions,
): Promise<void> {
  const made = await exported<ManagedType>(types, "types");
  const named = await exported<PoolTask>(functions, "functions");
  await using server = startServer(address ?? undefined, {
    authKey,
    builtinTypes,
    ...(made === undefined ? {} : { types: made }),
    ...(named === undefined ? {} : { functions: named }),
    ...(tls === undefined ? {} : { tls }),
  });
  const door = openDoor(server);
  ready.sendSync({
    address: address === null ? undefined : server.address as Address,
    door,
  });
  ready.close();
  await server.finished;
}

/** An object that a module exports. */
async function exported<T>(
  where: readonly [module: string, name: string] | undefined,
  what: string,
): Promise<Readonly<Record<string, T>> | undefined> {
  if (where === undefined) return undefined;
  const [module, name] = where;
  const found = (await import(module) as Record<string, unknown>)[name];
  if (typeof found === "object" && found !== null) return found as Record<string, T>;
  throw new TypeError(
    `Cannot start ${currentProcess().name}: ${module} exports no object of ${what} as ${name}`,
  );
}
