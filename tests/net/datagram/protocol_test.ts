// Protocols for datagrams: who is called when.
import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import {
  type Address,
  AddressInUseError,
  bindProtocol,
  ClosedError,
  createDatagramEndpoint,
  type DatagramProtocol,
  type DatagramTransport,
} from "@ferry/std/net";
import { has, Program } from "../support/programs.ts";
import { text } from "../support/source.ts";

const HERE = { hostname: "127.0.0.1", port: 0 };
const LONG = { timeout: 60_000 };

/** Notes every call. */
class Noting implements DatagramProtocol {
  readonly calls: string[] = [];
  transport!: DatagramTransport;
  #wanted = 0;
  #enough: (() => void) | undefined;

  /** Settles when so many calls were made. */
  async atLeast(count: number): Promise<string[]> {
    this.#wanted = count;
    if (this.calls.length < count) await new Promise<void>((resolve) => this.#enough = resolve);
    return this.calls;
  }
  #note(call: string): void {
    this.calls.push(call);
    if (this.calls.length >= this.#wanted) this.#enough?.();
  }
  connectionMade(transport: DatagramTransport): void {
    this.transport = transport;
    this.#note("made");
  }
  datagramReceived(data: Uint8Array, _from: Address): void {
    this.#note(`data ${text(data)}`);
  }
  errorReceived(error: Error): void {
    this.#note(`error ${error.name}`);
  }
  connectionLost(error: Error | undefined): void {
    this.#note(error ? `lost ${error.name}` : "lost");
  }
  pauseWriting(): void {
    this.#note("pause");
  }
  resumeWriting(): void {
    this.#note("resume");
  }
}

Deno.test("DatagramProtocol: made, data, lost, in that order, and answers go where they came from", async () => {
  const { transport, protocol } = await bindProtocol(() => new Noting(), HERE);
  using peer = await createDatagramEndpoint(HERE);
  protocol.datagramReceived = function (data, from) {
    Noting.prototype.datagramReceived.call(this, data, from);
    this.transport.sendTo(`re: ${text(data)}`, from);
  };
  for (const word of ["one", "", "two"]) {
    await peer.send(word, transport.localAddress);
    assertEquals(text((await peer.receive(LONG)).data), `re: ${word}`);
  }
  assert(!transport.isClosing);
  transport.close();
  transport.close();
  await transport.finished;
  assertEquals(protocol.calls, ["made", "data one", "data ", "data two", "lost"]);
  assertThrows(() => transport.sendTo("x", peer.address), ClosedError);
});

Deno.test("DatagramProtocol: what cannot be sent is told to errorReceived(), and the socket goes on", async () => {
  const { transport, protocol } = await bindProtocol(() => new Noting(), HERE);
  transport.sendTo("to nobody");
  transport.sendTo(new Uint8Array(70_000), transport.localAddress);
  assertEquals((await protocol.atLeast(5)).toSorted(), [
    "error RangeError",
    "error TypeError",
    "made",
    "pause",
    "resume",
  ]);
  transport.sendTo("to myself", transport.localAddress);
  assertEquals((await protocol.atLeast(6)).at(-1), "data to myself");
  assertEquals(transport.writeBufferSize, 0);
  transport.abort();
  await transport.finished;
});

Deno.test("DatagramProtocol: writing is paused above 64 KiB and resumed at 16 KiB", async () => {
  using peer = await createDatagramEndpoint(HERE);
  const { transport, protocol } = await bindProtocol(() => new Noting(), HERE, {
    remote: peer.address,
  });
  assertEquals(transport.remoteAddress, peer.address);
  for (let i = 0; i < 3; i++) transport.sendTo(new Uint8Array(25_000));
  assertEquals(transport.writeBufferSize, 75_000);
  assertEquals(await protocol.atLeast(3), ["made", "pause", "resume"]);
  // Closing waits for what is being sent.
  transport.sendTo("last");
  transport.close();
  await transport.finished;
  assertEquals(transport.writeBufferSize, 0);
  while (text((await peer.receive(LONG)).data) !== "last");
});

Deno.test("DatagramProtocol: what it throws closes its socket, and another protocol can take over", async () => {
  using peer = await createDatagramEndpoint(HERE);
  const lost: (Error | undefined)[] = [];
  const { transport } = await bindProtocol(() => ({
    datagramReceived() {
      throw new RangeError("not that");
    },
    connectionLost: (error: Error | undefined) => void lost.push(error),
  }), HERE);
  const noting = new Noting();
  const first = await bindProtocol((): DatagramProtocol => ({}), HERE);
  first.transport.setProtocol(noting);
  await peer.send("hello", first.transport.localAddress);
  assertEquals(await noting.atLeast(1), ["data hello"]);
  first.transport.close();
  await first.transport.finished;
  await peer.send("x", transport.localAddress);
  await assertRejects(() => transport.finished, RangeError, "not that");
  assertInstanceOf(lost[0], RangeError);
  assert(transport.isClosing);
});

Deno.test("DatagramProtocol: what errorReceived() or resumeWriting() throws closes its socket", async () => {
  const { transport } = await bindProtocol(() => ({
    errorReceived() {
      throw new RangeError("no errors");
    },
  }), HERE);
  transport.sendTo("to nobody");
  await assertRejects(() => transport.finished, RangeError, "no errors");
  const other = await bindProtocol(() => ({
    resumeWriting() {
      throw new RangeError("enough");
    },
  }), HERE);
  for (let i = 0; i < 3; i++) {
    other.transport.sendTo(new Uint8Array(25_000), other.transport.localAddress);
  }
  await assertRejects(() => other.transport.finished, RangeError, "enough");
});

Deno.test("DatagramProtocol: text counts in bytes", async () => {
  const { transport } = await bindProtocol(() => new Noting(), HERE);
  transport.sendTo("grüße", transport.localAddress);
  assertEquals(transport.writeBufferSize, 7);
  transport.close();
  await transport.finished;
});

Deno.test("DatagramProtocol: after close() it is called with no datagrams", async () => {
  const { transport, protocol } = await bindProtocol(() => new Noting(), HERE);
  for (let i = 0; i < 2000; i++) transport.sendTo("to myself", transport.localAddress);
  transport.close();
  await transport.finished;
  assertEquals(protocol.calls, ["made", "lost"]);
});

Deno.test("bindProtocol(): an address in use says so, and a factory that throws leaves no socket behind", async () => {
  using taken = await createDatagramEndpoint(HERE);
  await assertRejects(() => bindProtocol(() => new Noting(), taken.address), AddressInUseError);
  await assertRejects(
    () =>
      bindProtocol(() => {
        throw new RangeError("no protocol");
      }, HERE),
    RangeError,
  );
});

Deno.test("peer: Python's asyncio DatagramProtocol, as the server and as the client", async () => {
  if (!await has("python3", "--version")) return;
  const upper = await bindProtocol(() => ({
    transport: undefined as DatagramTransport | undefined,
    connectionMade(transport: DatagramTransport) {
      this.transport = transport;
    },
    datagramReceived(data: Uint8Array, from: Address) {
      this.transport!.sendTo(text(data)!.toUpperCase(), from);
    },
  }), HERE);
  await using python = new Program(
    "python3",
    "-c",
    `
import asyncio, sys
class Server(asyncio.DatagramProtocol):
    def connection_made(self, transport): self.transport = transport
    def datagram_received(self, data, addr): self.transport.sendto(data[::-1], addr)
class Client(asyncio.DatagramProtocol):
    def __init__(self): self.answers = asyncio.Queue()
    def datagram_received(self, data, addr): self.answers.put_nowait(data)
async def main():
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(Server, local_addr=("127.0.0.1", 0))
    print(transport.get_extra_info("sockname")[1], flush=True)
    there, client = await loop.create_datagram_endpoint(Client, remote_addr=("127.0.0.1", int(sys.argv[1])))
    for i in range(20):
        there.sendto(f"datagram {i}".encode())
        assert await asyncio.wait_for(client.answers.get(), 20) == f"DATAGRAM {i}".encode()
    print("ok", flush=True)
    await asyncio.sleep(60)
asyncio.run(main())`,
    String((upper.transport.localAddress as Deno.NetAddr).port),
  );
  const port = Number(await python.line());
  const noting = new Noting();
  const { transport } = await bindProtocol(() => noting, HERE, {
    remote: { hostname: "127.0.0.1", port },
  });
  transport.sendTo("ferry");
  assertEquals(await noting.atLeast(2), ["made", "data yrref"]);
  assertEquals(await python.line(), "ok");
  transport.close();
  upper.transport.close();
  await transport.finished;
  await upper.transport.finished;
});
