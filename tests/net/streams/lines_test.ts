// Lines and their ends, and what is put back.
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { BusyError, LimitOverrunError, StreamReader } from "@ferry/std/net";
import { fractions, rounds, seedFor } from "../../_support/random.ts";
import { bytes, chunks, cut, Faucet, text } from "../support/source.ts";

Deno.test("StreamReader.lines() gives text, and finds a line that is too long", async () => {
  const input = "grün\r\n\nünd\r\r\nlast";
  for (const size of [1, 2, 3, 100]) {
    const reader = new StreamReader(chunks(cut(bytes(input), size)));
    assertEquals(await Array.fromAsync(reader.lines()), ["grün", "", "ünd\r", "last"]);
  }
  const long = StreamReader.from(bytes("short\nmuch too long\n"));
  const lines = long.lines({ limit: 8 });
  assertEquals(await lines.next(), { done: false, value: "short" });
  await assertRejects(() => lines.next(), LimitOverrunError);
});

Deno.test("StreamReader.lines(): what was not given is left for other calls, in the loop and after it", async () => {
  const input = "head\r\nlength: 9\n\nbody\nbodyzwölf €\nx😀\n\nraw bytes\nlast\nrest";
  for (const pieces of [[input], [...input]]) {
    const reader = StreamReader.from(
      new Blob(pieces).stream() as ReadableStream<Uint8Array>,
    );
    await reader.peek(pieces.length > 1 ? 1 : bytes(input).length);
    const seen: string[] = [];
    for await (const line of reader.lines()) {
      if (line !== "") seen.push(line);
      else if (seen.length === 2) seen.push(`(${text(await reader.readExactly(9))})`);
      else break;
    }
    assertEquals(seen, ["head", "length: 9", "(body\nbody)", "zwölf €", "x😀"]);
    assertEquals(text(await reader.readExactly(9)), "raw bytes");
    assertEquals(await Array.fromAsync(reader.lines()), ["", "last", "rest"]);
  }
});

Deno.test("StreamReader.lines(): a limit of 0 allows empty lines alone; bytes that are no text end it at their line", async () => {
  const empty = StreamReader.from(bytes("\n\r\nx\n"));
  const lines = empty.lines({ limit: 0 });
  assertEquals([(await lines.next()).value, (await lines.next()).value], ["", ""]);
  await assertRejects(() => lines.next(), LimitOverrunError);

  const broken = StreamReader.from(Uint8Array.of(97, 10, 0xff, 10, 98, 10));
  const strict = broken.lines({ fatal: true });
  assertEquals((await strict.next()).value, "a");
  await assertRejects(() => strict.next(), TypeError);
  assertEquals((await strict.next()).value, "b");
});

Deno.test("StreamReader.unread(): the bytes come next, whatever was read, pending or handed out", async () => {
  const random = fractions(seedFor("unread"));
  const any = (n: number) => Math.floor(random() * n);
  for (let round = 0; round < rounds(60, 2000); round++) {
    const faucet = new Faucet();
    const reader = new StreamReader(faucet);
    let expected = "";
    let pushed = 0;
    const held: [Uint8Array, string][] = [];
    for (let step = 0; step < 60; step++) {
      const roll = any(6);
      if (roll === 0) {
        const more = Array.from({ length: any(700) }, () => "abc\n"[any(4)]).join("");
        if (more !== "") faucet.push(more);
        expected += more;
        pushed += more.length;
      } else if (roll === 1) {
        // Leaves a read pending where nothing has come.
        const bytes = await reader.read(1 + any(300), { timeout: 0 }).catch(() => null);
        if (bytes) {
          assertEquals(text(bytes), expected.slice(0, bytes.length));
          held.push([bytes, expected.slice(0, bytes.length)]);
          expected = expected.slice(bytes.length);
          if (any(2)) {
            const part = any(bytes.length + 1);
            reader.unread(bytes.subarray(part));
            expected = text(bytes.subarray(part))! + expected;
          }
        }
      } else if (roll === 2) {
        const into = new Uint8Array(1 + any(50));
        if (reader.buffered > 0) {
          const count = (await reader.readInto(into))!;
          assertEquals(text(into.subarray(0, count)), expected.slice(0, count));
          expected = expected.slice(count);
          if (any(2)) {
            reader.unread(into.subarray(0, count));
            expected = text(into.subarray(0, count))! + expected;
          }
        }
      } else if (roll === 3) {
        const line = reader.tryReadLine();
        if (line) {
          const given = expected.slice(0, line.length);
          assertEquals(text(line), given);
          held.push([line, given]);
          expected = expected.slice(line.length + 1);
          if (any(2)) {
            reader.unread(line);
            expected = given + expected;
          }
        }
      } else if (roll === 4) {
        const foreign = "x".repeat(any(600));
        reader.unread(bytes(foreign));
        expected = foreign + expected;
      } else await Promise.resolve();
    }
    faucet.push(null);
    assertEquals(text(await reader.readAll()), expected, `round ${round}, ${pushed} pushed`);
    for (const [view, was] of held) assertEquals(text(view), was);
  }
});

Deno.test("StreamReader.unread(): not while a call waits, also after the end, and watchers hear of it", async () => {
  const faucet = new Faucet();
  const reader = new StreamReader(faucet);
  const reading = reader.readLine();
  assertThrows(() => reader.unread(bytes("x")), BusyError);
  faucet.push("line\n");
  const line = await reading;
  let told = 0;
  const watch = reader.watch(() => told++);
  assert(!watch.ready());
  reader.unread(line!);
  assert(told > 0 && watch.ready());
  watch.stop();
  assertEquals(text(await reader.readExactly(4)), "line");
  faucet.push(null);
  assertEquals(await reader.read(), null);
  reader.unread(bytes("more"));
  assert(!reader.atEof);
  assertEquals(text(await reader.readAll()), "more");
});

Deno.test("StreamReader.lines(): what is put back in the place of what was read is given", async () => {
  const reader = new StreamReader(chunks([bytes("a\nb\nc\nd\n")]));
  const lines = reader.lines();
  for (const line of ["a", "b"]) assertEquals((await lines.next()).value, line);
  assertEquals(await reader.readInto(new Uint8Array(2)), 2);
  reader.unread(bytes("x\n"));
  const rest: string[] = [];
  for await (const line of lines) rest.push(line);
  assertEquals(rest, ["x", "d"]);
});

Deno.test("lines(): bytes that were changed and put back are read as they are now", async () => {
  const reader = StreamReader.from(bytes("one\ntwo\nthree\n"));
  const lines = reader.lines();
  assertEquals((await lines.next()).value, "one");
  const two = await reader.readExactly(3);
  two[0] = 84;
  reader.unread(two);
  assertEquals([(await lines.next()).value, (await lines.next()).value], ["Two", "three"]);
});

Deno.test("lines(): encodings without ASCII are refused; broken ISO-2022-JP has the lines its bytes have", async () => {
  assertThrows(() => StreamReader.from(bytes("x")).lines({ encoding: "utf-16le" }), RangeError);
  assertThrows(() => StreamReader.from(bytes("x")).lines({ encoding: "utf-99" }), RangeError);
  const data = bytes("\x1b$B$3$s\nx\x1b(B\nend\n");
  const whole = StreamReader.from(data).lines({ encoding: "iso-2022-jp" });
  const bitwise = new StreamReader(chunks(cut(data, 1))).lines({ encoding: "iso-2022-jp" });
  const list = await Array.fromAsync(whole);
  assertEquals(list.length, 3);
  assertEquals(await Array.fromAsync(bitwise), list);
});

Deno.test("unread() and feed() refuse what is no bytes", () => {
  const reader = StreamReader.from(bytes("x"));
  for (const none of ["text", null, [1], new ArrayBuffer(1)]) {
    assertThrows(() => reader.unread(none as never), TypeError, "a Uint8Array is needed");
    assertThrows(() => reader.feed(none as never), TypeError, "a Uint8Array is needed");
  }
  assertEquals(reader.buffered, 1);
});
