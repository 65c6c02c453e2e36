// deno run --allow-net=127.0.0.1,localhost --allow-read=examples/net examples/net/03_tls_echo.ts
/**
 * An echo over TLS: the client trusts the server's own certificate and no other. A client that trusts only the authorities
 * of the system refuses it.
 */
import { openConnection, startServer, TlsError } from "@ferry/std/net";

const cert = await Deno.readTextFile("examples/net/cert.pem");
const key = await Deno.readTextFile("examples/net/key.pem");

await using server = await startServer(async ({ reader, writer }) => {
  for await (const line of reader.lines()) {
    writer.write(`${line}\n`);
    await writer.drain();
  }
}, { port: 0, tls: { cert, key } });
const address = { hostname: "localhost", port: (server.address as Deno.NetAddr).port };

await using client = await openConnection(address, { tls: { ca: cert } });
for (const line of ["hello", "over", "TLS"]) {
  client.writer.write(`${line}\n`);
  console.log("echo:", new TextDecoder().decode(await client.reader.readLine() ?? undefined));
}

try {
  await openConnection(address, { tls: true });
} catch (error) {
  if (!(error instanceof TlsError)) throw error;
  console.log("a client that does not know the certificate:", error.name);
}
