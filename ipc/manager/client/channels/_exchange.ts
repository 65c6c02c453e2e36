import type { Connection } from "../../../../net/connection/mod.ts";
import { packRequest, type Reply, type Request, unpackReply } from "../../wire.ts";

/** Sends a request and waits for its reply, which is the next message. */
export async function exchange(connection: Connection, request: Request): Promise<Reply> {
  await connection.send(packRequest(request));
  return unpackReply(await connection.recv());
}
