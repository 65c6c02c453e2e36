import { checkOptions, pickOptions } from "../../persist/options.ts";
import { Pipe } from "../pipe/pipe.ts";
import { CREW } from "../process/options.ts";
import { Process } from "../process/process.ts";
import { transportTo } from "./client/local/transport.ts";
import { EXPORT_RULES, START_RULES, START_TLS_RULES, type StartManagerOptions } from "./options.ts";
import { Way } from "./_way.ts";
import type { Ready } from "./server/serve.ts";

/** Never called: tools that follow imports see the module of the server's process by it. */
export const embedded = (): Promise<unknown> => import("./server/serve.ts");

/** Starts a server in a process of its own. */
export async function startProcess(options: StartManagerOptions): Promise<Way> {
  if (typeof options !== "object" || options === null) {
    throw new TypeError("Cannot start a manager: needed options such as { authKey }");
  }
  const attempted = "Cannot start a manager";
  checkOptions(attempted, options, START_RULES);
  if (options.tls !== undefined) checkOptions(attempted, options.tls, START_TLS_RULES);
  for (const where of [options.types, options.functions]) {
    if (where !== undefined) checkOptions(attempted, where, EXPORT_RULES);
  }
  const { address = { port: 0 }, types, builtinTypes = true, tls, functions } = options;
  const authKey = options.authKey ?? crypto.getRandomValues(new Uint8Array(32));
  const [here, there] = new Pipe<never, Ready>();
  const process = new Process(
    { module: new URL("./server/serve.ts", import.meta.url), export: "serve" },
    {
      name: "Manager",
      daemon: true,
      // Its pools have workers of their own.
      ...{ [CREW]: { onGone() {} } },
      args: [there, {
        address,
        authKey,
        builtinTypes,
        tls: tls && pickOptions<typeof tls>(tls, START_TLS_RULES),
        functions: functions && [String(functions.module), functions.export ?? "functions"],
        types: types && [String(types.module), types.export ?? "types"],
      }],
    },
  );
  process.start();
  try {
    const ready = await here.recv({ signal: process.signal }).catch(async (error) => {
      // A process that ends before it serves has an error of its own.
      if (error instanceof Deno.errors.UnexpectedEof) await process.result();
      throw error;
    });
    return new Way(transportTo(ready.door), ready.address, authKey, process);
  } catch (error) {
    process.kill();
    await process.join();
    throw error;
  } finally {
    here.close();
  }
}
