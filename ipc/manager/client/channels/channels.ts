/**
 * The connections behind a transport through sockets.
 *
 * @module
 */
import type { Address } from "../../../../net/errors.ts";
import { connect, type ConnectOptions } from "../../../../net/connection/mod.ts";
import { PIPELINED } from "../../wire.ts";
import type { Transport } from "../transport.ts";
import { exchange } from "./_exchange.ts";
import { PipelinedChannels } from "./_pipelined.ts";
import { SerialChannels } from "./_serial.ts";

/** What connections do for a transport. */
export type Channels = Omit<Transport, "local" | "adopt">;

/** Opens the way to a server: of ours, or of CPython. */
export async function openChannels(address: Address, options: ConnectOptions): Promise<Channels> {
  const connection = await connect(address, options);
  try {
    const reply = await exchange(connection, {
      ident: null,
      method: "accept_connection",
      args: [PIPELINED],
      kwargs: {},
    });
    if (reply.result === PIPELINED) return new PipelinedChannels(connection);
    return new SerialChannels(() => connect(address, options), connection);
  } catch (error) {
    connection.close();
    throw error;
  }
}
