import { currentProcess } from "../../process/current_process.ts";
import type { Connection } from "../../pipe/connection.ts";
import type { ListenAddress } from "../../../net/connection/mod.ts";
import type { KeyPair } from "../../../net/tls/mod.ts";
import type { Address } from "../../../net/errors.ts";
import type { Door } from "../local/door.ts";
import { type ManagedType, openDoor, startServer } from "../manager_server.ts";

/** What the process of a manager is told. */
export interface ServeOptions {
  /** Where it listens; `null` if it does not. */
  readonly address: ListenAddress | null;
  readonly authKey: Uint8Array | string;
  /** The module of the types, and what it exports them as. */
  readonly types: readonly [module: string, name: string] | undefined;
  readonly builtinTypes: boolean;
  readonly tls: KeyPair | undefined;
}

/** What it says once it serves. */
export interface Ready {
  readonly address: Address | undefined;
  readonly door: Door;
}

/** The target of a manager's process: serves until it is shut down. */
export async function serve(
  ready: Connection<Ready>,
  { address, authKey, types, builtinTypes, tls }: ServeOptions,
): Promise<void> {
  const module = types && await import(types[0]) as Record<string, unknown>;
  const made = module?.[types![1]] as Record<string, ManagedType> | undefined;
  if (types !== undefined && (typeof made !== "object" || made === null)) {
    throw new TypeError(
      `Cannot start ${currentProcess().name}: ${types[0]} exports no object of types as ${
        types[1]
      }`,
    );
  }
  await using server = startServer(address ?? undefined, {
    authKey,
    builtinTypes,
    ...(made === undefined ? {} : { types: made }),
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
