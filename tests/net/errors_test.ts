// The errors of the network: classes, words, causes.
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import {
  ClosedError,
  ConnectionRefusedError,
  ConnectionResetError,
  formatAddress,
  GaiError,
  IncompleteReadError,
  LimitOverrunError,
  NetError,
  TimeoutError,
  TlsError,
  toNetError,
} from "@ferry/std/net";

const peer = { hostname: "10.0.0.1", port: 5000 };
const local = { hostname: "::1", port: 80 };

Deno.test("an error is of its own class, of Deno's and of NetError, and of no other", () => {
  const error = new ConnectionResetError({ op: "read", peer, local });
  assert(error instanceof ConnectionResetError);
  assert(error instanceof Deno.errors.ConnectionReset);
  assert(error instanceof NetError);
  assert(!(error instanceof ConnectionRefusedError));
  assert(!(error instanceof GaiError));
  assert(!(new Deno.errors.ConnectionReset("x") instanceof NetError));
  const gai = new GaiError({ op: "resolve" });
  assert(gai instanceof NetError && gai instanceof GaiError);
  assert(!(new NetError({ op: "x" }) instanceof GaiError));
});

Deno.test("a message says what was attempted, with whom, and why not", () => {
  const error = new ConnectionResetError({ op: "read", peer, local });
  assertEquals(
    error.message,
    "Cannot read from 10.0.0.1:5000 (local [::1]:80): the peer reset the connection",
  );
  assertEquals([error.op, error.peer, error.local, error.code], [
    "read",
    peer,
    local,
    "ECONNRESET",
  ]);
  assertEquals(
    new TimeoutError({ op: "connect", peer }, 20).message,
    "Cannot connect to 10.0.0.1:5000: not possible within 20 ms",
  );
  assertEquals(
    new ClosedError({ op: "write" }).message,
    "Cannot write to it: it is closed on this side",
  );
});

Deno.test("toNetError() keeps the cause, leaves its own and foreign errors alone", () => {
  const cause = new Deno.errors.ConnectionRefused("os error 111");
  const error = toNetError(cause, { op: "connect", peer });
  assert(error instanceof ConnectionRefusedError);
  assertStrictEquals(error.cause, cause);
  assertStrictEquals(toNetError(error, { op: "read" }), error);
  for (
    const foreign of [
      new TypeError("x"),
      new DOMException("x", "AbortError"),
      new Deno.errors.NotCapable("x"),
    ]
  ) {
    assertStrictEquals(toNetError(foreign, { op: "read" }), foreign);
  }
});

Deno.test("toNetError() goes by the class, then the code, then the words", () => {
  const coded = (code: string) => Object.assign(new Deno.errors.Http("x"), { code });
  assert(toNetError(coded("ECONNRESET"), { op: "read" }) instanceof ConnectionResetError);
  assert(toNetError(coded("ENOTFOUND"), { op: "connect" }) instanceof GaiError);
  const full = toNetError(coded("EMFILE"), { op: "accept" });
  assert(full instanceof NetError);
  assertEquals([full.name, full.code], ["NetError", "EMFILE"]);
  assert(
    toNetError(new Deno.errors.InvalidData("invalid peer certificate"), {
      op: "handshake",
    }) instanceof TlsError,
  );
});

Deno.test("data comes with the errors that have some", () => {
  const cut = new IncompleteReadError({ op: "read" }, new Uint8Array(3), 10);
  assertEquals([cut.partial.length, cut.expected], [3, 10]);
  assertEquals(cut.message, "Cannot read from it: 10 bytes needed, the stream ended after 3 bytes");
  const long = new LimitOverrunError({ op: "read" }, 65, 64);
  assertEquals([long.consumed, long.limit], [65, 64]);
});

Deno.test("addresses are written as people do", () => {
  assertEquals(formatAddress({ hostname: "::1", port: 1 }), "[::1]:1");
  assertEquals(formatAddress({ path: "\0ferry" }), "unix:@ferry");
  assertEquals(formatAddress({ path: null }), "unix:(unnamed)");
});
