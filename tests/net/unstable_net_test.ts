// The same tests with --unstable-net, where datagrams and shared ports are Deno's own; without it, errors name the flag.
import { assert, assertRejects } from "@std/assert";
import { createDatagramEndpoint, startServer } from "@ferry/std/net";
import { pair } from "./support/certs.ts";
import { fileURLToPath } from "node:url";

const flagged = typeof (Deno as { listenDatagram?: unknown }).listenDatagram === "function";
const AGAIN = [
  "_unstable_net.ts",
  "datagram/datagram_test.ts",
  "datagram/protocol_test.ts",
  "echo_test.ts",
  "permissions_test.ts",
];

Deno.test("with --unstable-net datagrams, shared ports and permissions work as without it", {
  ignore: flagged || Deno.build.os === "windows",
}, async () => {
  const files = AGAIN.map((name) => fileURLToPath(new URL(name, import.meta.url)));
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", "--unstable-net", ...files],
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  assert(success, `${decoder.decode(stdout)}\n${decoder.decode(stderr)}`);
  assert(/with --unstable-net: workers share a port \.\.\. ok/.test(decoder.decode(stdout)));
});

Deno.test("what needs --unstable-net says so", { ignore: flagged }, async () => {
  await assertRejects(
    () => createDatagramEndpoint({ path: "/tmp/none.sock" }),
    Deno.errors.NotSupported,
    "only with --unstable-net",
  );
  await assertRejects(
    () =>
      startServer(() => {}, {
        port: 0,
        reusePort: true,
        tls: { ...pair("localhost"), engine: "deno" },
      }),
    TypeError,
    "reusePort needs --unstable-net",
  );
});
