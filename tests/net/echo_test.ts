// The thin path end to end: a server, a client, an echo.
import { assertEquals, assertRejects } from "@std/assert";
import { ConnectionRefusedError, openConnection, startServer } from "@ferry/std/net";

const text = (bytes: Uint8Array | null) => bytes && new TextDecoder().decode(bytes);

Deno.test("an echo server echoes lines to many clients at once", async () => {
  await using server = await startServer(async ({ reader, writer }) => {
    for (let line; (line = await reader.readLine()) !== null;) {
      writer.write(line);
      writer.write("\n");
      await writer.drain();
    }
  }, { port: 0 });
  await Promise.all(Array.from({ length: 100 }, async (_, i) => {
    await using client = await openConnection(server.address);
    for (let n = 0; n < 10; n++) {
      client.writer.write(`client ${i} line ${n}\n`);
      assertEquals(text(await client.reader.readLine()), `client ${i} line ${n}`);
    }
  }));
});

Deno.test("megabytes go through and back in order", async () => {
  await using server = await startServer(async ({ reader, writer }) => {
    for await (const chunk of reader) {
      writer.write(chunk);
      await writer.drain();
    }
  }, { port: 0 });
  await using client = await openConnection(server.address);
  const sent = new Uint8Array(8 << 20);
  for (let i = 0; i < sent.length; i++) sent[i] = (i * 31 + (i >> 8)) & 255;
  client.writer.write(sent);
  const eof = client.writer.writeEof();
  const back = await client.reader.readAll();
  await eof;
  assertEquals(back.length, sent.length);
  assertEquals(back, sent);
});

Deno.test("a Unix socket works the same", async () => {
  const path = `${await Deno.makeTempDir()}/s.sock`;
  await using server = await startServer(({ writer }) => writer.write("hi"), { path });
  await using client = await openConnection({ path });
  assertEquals(text(await client.reader.readAll()), "hi");
  assertEquals(server.address, { path });
});

Deno.test("connecting to a closed port says so", async () => {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr;
  listener.close();
  await assertRejects(
    () => openConnection({ hostname: "127.0.0.1", port }),
    ConnectionRefusedError,
    `Cannot connect to 127.0.0.1:${port}: nobody listens there`,
  );
});
