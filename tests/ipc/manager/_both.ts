/** Two clients of one server. */
import { Manager, ManagerServer } from "@ferry/std/ipc/manager";
import { KEY } from "./_python.ts";

/** A server and two clients of it. */
export async function both(): Promise<
  { server: ManagerServer; a: Manager; b: Manager } & AsyncDisposable
> {
  const server = new ManagerServer({ port: 0 }, { authKey: KEY });
  const a = await Manager.connect(server.address, { authKey: KEY });
  const b = await Manager.connect(server.address, { authKey: KEY });
  return {
    server,
    a,
    b,
    async [Symbol.asyncDispose]() {
      a.close();
      b.close();
      await server.shutdown();
    },
  };
}
