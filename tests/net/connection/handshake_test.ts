// The handshake against peers that are made by hand.
import {
  answerChallenge,
  authenticate,
  AuthenticationError,
  Connection,
  deliverChallenge,
} from "@ferry/std/net/connection";
import { TimeoutError } from "@ferry/std/net/errors";
import { assert, assertEquals, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import { createHmac } from "node:crypto";
import { frame, join, longHeader, Script, turn } from "./_duplex.ts";

const KEY = new TextEncoder().encode("the key");
const text = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes);
const bytes = (string: string) => Uint8Array.from(string, (c) => c.charCodeAt(0));

function mac(digest: string, message: Uint8Array, key: Uint8Array = KEY): Uint8Array {
  return createHmac(digest.replace("_", "-"), key).update(message).digest();
}

/** What was written, message by message. */
function messages(script: Script): Uint8Array[] {
  const { output } = script;
  const found: Uint8Array[] = [];
  for (let at = 0; at < output.length;) {
    const length = new DataView(output.buffer, at).getInt32(0);
    found.push(output.slice(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return found;
}

/** The n-th message that is written, once it is. */
async function message(script: Script, index: number): Promise<Uint8Array> {
  while (messages(script).length <= index) await turn();
  return messages(script)[index]!;
}

function ends(): { script: Script; connection: Connection } {
  const script = new Script();
  return { script, connection: new Connection(script) };
}

Deno.test("deliverChallenge() sends 40 fresh bytes behind {sha256}, as CPython 3.12 does", async () => {
  const seen: string[] = [];
  for (let i = 0; i < 2; i++) {
    const { script, connection } = ends();
    const delivering = deliverChallenge(connection, KEY);
    const challenge = await message(script, 0);
    assertEquals([challenge.length, text(challenge).slice(0, 19)], [59, "#CHALLENGE#{sha256}"]);
    const nonce = challenge.subarray(11);
    script.feed(frame(join(bytes("{sha256}"), mac("sha256", nonce))));
    await delivering;
    assertEquals(text(await message(script, 1)), "#WELCOME#");
    seen.push(nonce.toHex());
    connection.close();
  }
  assertNotEquals(seen[0], seen[1]);
});

Deno.test("deliverChallenge() takes every digest that CPython knows, and MD5 without a prefix", async () => {
  for (const digest of ["md5", "sha256", "sha384", "sha3_256", "sha3_384"]) {
    for (const prefix of digest === "md5" ? ["", "{md5}"] : [`{${digest}}`]) {
      const { script, connection } = ends();
      const delivering = deliverChallenge(connection, KEY);
      const nonce = (await message(script, 0)).subarray(11);
      script.feed(frame(join(bytes(prefix), mac(digest, nonce))));
      await delivering;
      connection.close();
    }
  }
});

Deno.test("deliverChallenge() refuses a wrong answer with #FAILURE# and says why", async () => {
  const wrong: [name: string, answer: (nonce: Uint8Array) => Uint8Array, reason: string][] = [
    ["another key", (m) => join(bytes("{sha256}"), mac("sha256", m, bytes("x"))), "another key"],
    ["MD5 by another key", (m) => mac("md5", m, bytes("x")), "another key"],
    ["a code without a name", (m) => mac("sha256", m), "names no digest"],
    ["another digest's name", (m) => join(bytes("{sha384}"), mac("sha256", m)), "has 48 bytes"],
    ["a digest nobody knows", (m) => join(bytes("{sha1}"), mac("sha1", m)), "names no digest"],
    ["a name in capitals", (m) => join(bytes("{SHA256}"), mac("sha256", m)), "names no digest"],
    ["no name in the braces", (m) => join(bytes("{}"), mac("sha256", m)), "names no digest"],
    ["braces that never close", () => bytes("{sha256".padEnd(40, "x")), "names no digest"],
    ["nothing", () => new Uint8Array(0), "names no digest"],
    ["the name alone", () => bytes("{sha256}"), "has 32 bytes, received 0"],
    ["a code cut short", (m) => join(bytes("{sha256}"), mac("sha256", m).subarray(1)), "31"],
    ["the challenge itself", (m) => m, "has 32 bytes, received 40"],
    ["a code without the prefix", (m) => join(bytes("{sha256}"), mac("sha256", m.subarray(8))), ""],
  ];
  for (const [name, answer, reason] of wrong) {
    const { script, connection } = ends();
    const delivering = deliverChallenge(connection, KEY);
    const nonce = (await message(script, 0)).subarray(11);
    script.feed(frame(answer(nonce)));
    const error = await assertRejects(() => delivering, AuthenticationError, reason, name);
    assert(!error.message.includes(text(KEY)));
    assertEquals(text(await message(script, 1)), "#FAILURE#", name);
    connection.close();
  }
});

Deno.test("deliverChallenge() refuses an answer that was right for another challenge", async () => {
  const first = ends();
  const delivering = deliverChallenge(first.connection, KEY);
  const nonce = (await message(first.script, 0)).subarray(11);
  const answer = frame(join(bytes("{sha256}"), mac("sha256", nonce)));
  first.script.feed(answer);
  await delivering;
  const second = ends();
  const again = assertRejects(() => deliverChallenge(second.connection, KEY), AuthenticationError);
  second.script.feed(answer);
  await again;
  first.connection.close();
  second.connection.close();
});

Deno.test("answerChallenge() answers as CPython's versions do", async () => {
  const legacy = Uint8Array.from({ length: 20 }, (_, i) => i * 7);
  const cases: [challenge: Uint8Array, answer: (challenge: Uint8Array) => Uint8Array][] = [
    [legacy, (m) => mac("md5", m)],
    [join(bytes("{sha256}"), new Uint8Array(12)), (m) => mac("md5", m)], // 20 bytes are the old form.
    ...["md5", "sha256", "sha384", "sha3_256", "sha3_384"].map((
      digest,
    ): [Uint8Array, (m: Uint8Array) => Uint8Array] => [
      join(bytes(`{${digest}}`), new Uint8Array(40).fill(3)),
      (m) => join(bytes(`{${digest}}`), mac(digest, m)),
    ]),
    [
      join(bytes("{sha256}"), new Uint8Array(237)),
      (m) => join(bytes("{sha256}"), mac("sha256", m)),
    ],
  ];
  for (const [challenge, answer] of cases) {
    const { script, connection } = ends();
    const answering = answerChallenge(connection, KEY);
    script.feed(frame(join(bytes("#CHALLENGE#"), challenge)));
    assertEquals(text(await message(script, 0)), text(answer(challenge)));
    script.feed(frame("#WELCOME#"));
    await answering;
    connection.close();
  }
});

Deno.test("answerChallenge() refuses odd challenges without answering", async () => {
  const wrong: [challenge: string, reason: string][] = [
    ["#CHALLENGE#123456789", "at least 20 bytes, received 9"],
    ["#CHALLENGE#", "received 0"],
    ["#CHALLENGE#" + "x".repeat(19), "received 19"],
    ["#CHALLENGE#" + "x".repeat(21), "names no digest"],
    ["#CHALLENGE#{sha512}" + "x".repeat(40), "names no digest"],
    ["#CHALLENGE#{sha1}" + "x".repeat(40), "names no digest"],
    ["#challenge#" + "x".repeat(20), "no challenge"],
    ["#WELCOME#", "no challenge"],
    ["", "no challenge"],
  ];
  for (const [challenge, reason] of wrong) {
    const { script, connection } = ends();
    const answering = answerChallenge(connection, KEY);
    script.feed(frame(bytes(challenge)));
    await assertRejects(() => answering, AuthenticationError, reason, challenge);
    assertEquals(script.written.length, 0, challenge);
    connection.close();
  }
});

Deno.test("answerChallenge() takes nothing but a welcome for a welcome", async () => {
  for (const verdict of ["#FAILURE#", "#WELCOME#!", "#WELCOME", "", "#welcome#"]) {
    const { script, connection } = ends();
    const answering = answerChallenge(connection, KEY);
    script.feed(frame(join(bytes("#CHALLENGE#"), new Uint8Array(20))), frame(verdict));
    await assertRejects(() => answering, AuthenticationError);
    connection.close();
  }
});

Deno.test("allowMd5: false neither answers with MD5 nor takes it", async () => {
  const options = { allowMd5: false };
  for (const challenge of [new Uint8Array(20), join(bytes("{md5}"), new Uint8Array(40))]) {
    const { script, connection } = ends();
    const answering = answerChallenge(connection, KEY, options);
    script.feed(frame(join(bytes("#CHALLENGE#"), challenge)));
    await assertRejects(() => answering, AuthenticationError, "allowMd5");
    assertEquals(script.written.length, 0);
    connection.close();
  }
  const { script, connection } = ends();
  const delivering = deliverChallenge(connection, KEY, options);
  script.feed(frame(mac("md5", (await message(script, 0)).subarray(11))));
  await assertRejects(() => delivering, AuthenticationError, "allowMd5");
  connection.close();
});

Deno.test("A handshake takes no message above 256 bytes, and reserves no memory for one", async () => {
  for (const header of [[0, 0, 1, 1], [0x7f, 0xff, 0xff, 0xff], [...longHeader(2n ** 40n)]]) {
    for (const half of [answerChallenge, deliverChallenge]) {
      const { script, connection } = ends();
      const shaking = half(connection, KEY);
      script.feed(header, new Uint8Array(300));
      await assertRejects(() => shaking, AuthenticationError, "at most 256 bytes");
      assert(script.largestRoom <= 4096);
      connection.close();
    }
  }
});

Deno.test("A handshake that the peer leaves, or never finishes, ends", async () => {
  for (const half of [answerChallenge, deliverChallenge]) {
    for (let length = 0; length < 10; length++) {
      const { script, connection } = ends();
      const shaking = half(connection, KEY);
      script.feed(frame("#CHALLENGE#" + "x".repeat(20)).subarray(0, length));
      script.end();
      await assertRejects(() => shaking, AuthenticationError, "within the handshake");
      connection.close();
    }
    const { connection } = ends();
    const error = await assertRejects(
      () => half(connection, KEY, { handshakeTimeout: 1 }),
      TimeoutError,
      "only one side has a key",
    );
    assertEquals(error.timeout, 1);
    const controller = new AbortController();
    const aborted = half(connection, KEY, { signal: controller.signal });
    controller.abort(new RangeError("stop"));
    await assertRejects(() => aborted, RangeError, "stop");
    connection.close();
  }
});

Deno.test("authenticate() on both sides ends together, and what follows at once is not lost", async () => {
  const [near, far] = [new TransformStream<Uint8Array>(), new TransformStream<Uint8Array>()];
  const end = (readable: ReadableStream<Uint8Array>, writable: WritableStream<Uint8Array>) => {
    const reader = readable.getReader();
    const writer = writable.getWriter();
    let rest = new Uint8Array(0);
    return new Connection({
      async read(room) {
        if (rest.length === 0) {
          const { value, done } = await reader.read();
          if (done) return null;
          rest = new Uint8Array(value);
        }
        const count = Math.min(rest.length, room.length);
        room.set(rest.subarray(0, count));
        rest = rest.slice(count);
        return count;
      },
      async write(data) {
        await writer.write(data.slice());
        return data.length;
      },
      close: () => void writer.close().catch(() => {}),
    });
  };
  const server = end(near.readable, far.writable);
  const client = end(far.readable, near.writable);
  await Promise.all([
    authenticate(server, "secret", "server").then(() => server.trySend("welcome")),
    authenticate(client, "secret", "client").then(() => client.trySend("request")),
  ]);
  assertEquals([await client.recv(), await server.recv()], ["welcome", "request"]);
  client.close();
  server.close();
});

Deno.test("A key is bytes or text, and not empty", async () => {
  const { connection } = ends();
  for (const key of ["", new Uint8Array(0)]) {
    assertThrows(() => deliverChallenge(connection, key), RangeError, "empty");
  }
  assertThrows(
    () => answerChallenge(connection, 7 as unknown as string),
    TypeError,
    "bytes or text",
  );
  connection.close();
  await turn();
});
