import { currentProcess } from "../process/current_process.ts";
import type { Connection } from "../pipe/connection.ts";
import { type ManagedType, ManagerServer } from "./manager_server.ts";
import type { ListenAddress } from "../../net/connection/mod.ts";

/** What the process of a manager is told. */
export interface ServeOptions {
  readonly address: ListenAddress;
  readonly authKey: Uint8Array | string;
  /** The module of the types, and what it exports them as. */
  readonly types: readonly [module: string, name: string] | undefined;
  readonly builtinTypes: boolean;
}

/** The target of a manager's process: serves until it is shut down. Sends where it listens. */
export async function serve(
  ready: Connection<ListenAddress>,
  { address, authKey, types, builtinTypes }: ServeOptions,
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
  await using server = new ManagerServer(address, {
    authKey,
    builtinTypes,
    ...(made === undefined ? {} : { types: made }),
  });
  ready.sendSync(server.address);
  ready.close();
  await server.finished;
}
