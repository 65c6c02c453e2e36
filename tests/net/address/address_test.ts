import {
  formatAddress,
  getAddrInfo,
  getNameInfo,
  getServByName,
  getServByPort,
  hasDualstackIPv6,
  inetNtop,
  inetPton,
  isMapped,
  unmap,
} from "@ferry/std/net/address";
import { GaiError } from "@ferry/std/net/errors";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { findPythons } from "../../_support/python.ts";
import { Random, seedFor } from "../../_support/random.ts";

const [python] = findPythons();
if (python === undefined) console.log("skipped: the comparison with Python's socket needs python3");

/** What `socket` of CPython says of each text: bytes in hexadecimal and text again, or null. */
async function ask(texts: string[]): Promise<([string, string] | null)[]> {
  const script = `
import json, socket, sys
out = []
for text in json.load(sys.stdin):
    family = socket.AF_INET6 if ":" in text else socket.AF_INET
    try:
        data = socket.inet_pton(family, text)
        out.append((data.hex(), socket.inet_ntop(family, data)))
    except (OSError, ValueError):
        out.append(None)
json.dump(out, sys.stdout)
`;
  const child = new Deno.Command(python!.command, {
    args: ["-c", script],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(JSON.stringify(texts)));
  await writer.close();
  return JSON.parse(new TextDecoder().decode((await child.output()).stdout));
}

function ours(text: string): [string, string] | null {
  try {
    const bytes = inetPton(text.includes(":") ? "ipv6" : "ipv4", text);
    return [bytes.toHex(), inetNtop(bytes)];
  } catch (error) {
    assert(error instanceof SyntaxError);
    return null;
  }
}

const TEXTS = [
  ..."0.0.0.0 127.0.0.1 255.255.255.255 256.1.1.1 1.2.3 1.2.3.4.5 01.2.3.4 1.2.3.04 0x7f.0.0.1 1..2.3 1.2.3.4%lo"
    .split(" "),
  ..."1.2.3.-4 1.2.3.4. .1.2.3.4 1.2.3.4a 00.0.0.0".split(" "),
  ..."::1 :: 1:: ::ffff:1.2.3.4 ::ffff:102:304 ::1.2.3.4 ::1:2 ::12:3456 1:2:3:4:5:6:7:8 1:2:3:4:5:6:7::"
    .split(" "),
  ..."::2:3:4:5:6:7:8 1::3:4:5:6:7:8 1:2:3:4:5:6:7:8:9 1:2:3:4:5:6:7 ::1:: 1::2::3 :1 1: :::: ::: ::g ::12345"
    .split(" "),
  ..."2001:DB8::0:1 2001:db8:0:0:1:0:0:1 1:0:0:2:0:0:0:3 0:0:1:: 1:2:3:4:5:6:1.2.3.4 1:2:3:4:5:6:7:1.2.3.4"
    .split(" "),
  ..."::1.2.3.4:5 1.2.3.4::1 ::ffff:256.1.1.1 ::ffff:01.2.3.4 fe80::1%lo 64:ff9b::192.0.2.33 ::ffff:0:1.2.3.4"
    .split(" "),
  ..."0:0:0:0:0:0:0:0 0:0:0:0:0:0:1:0 0:0:0:0:0:1:0:0 1:2:0:4:5:6:7:8 a:b:c:d:e:f:0:1 ::ffff:0.0.0.0 ::0.0.0.1 ::0.1.0.0"
    .split(" "),
];

Deno.test("inetPton() and inetNtop() say what CPython's socket says", {
  ignore: python === undefined,
}, async () => {
  const random = new Random(seedFor("inet"));
  const texts = [...TEXTS];
  for (let i = 0; i < 2000; i++) {
    // Groups that are often zero, so that there are runs of them; damaged now and then.
    const groups = Array.from(
      { length: 8 },
      () => random.below(2) ? "0" : random.below(0x10000).toString(16),
    );
    let text = groups.join(":");
    if (random.below(4) === 0) text = inetNtop(inetPton("ipv6", text));
    if (random.below(4) === 0) {
      const at = random.below(text.length);
      text = text.slice(0, at) + ":.0fg"[random.below(5)] + text.slice(at + random.below(2));
    }
    texts.push(text);
  }
  const theirs = await ask(texts);
  for (const [i, text] of texts.entries()) assertEquals(ours(text), theirs[i], text);
});

Deno.test("inetNtop() takes 4 or 16 bytes", () => {
  assertEquals(inetNtop(new Uint8Array([10, 0, 0, 1])), "10.0.0.1");
  for (const length of [0, 3, 5, 15, 17]) {
    assertThrows(() => inetNtop(new Uint8Array(length)), RangeError);
  }
});

Deno.test("isMapped() and unmap() know IPv4 in IPv6, and leave the rest alone", () => {
  for (const text of ["::ffff:1.2.3.4", "::FFFF:102:304", "0:0:0:0:0:ffff:1.2.3.4"]) {
    assertEquals([isMapped(text), unmap(text)], [true, "1.2.3.4"]);
  }
  for (const text of ["::1.2.3.4", "::1", "1.2.3.4", "localhost", "", "::fffe:1.2.3.4", "x::y"]) {
    assertEquals([isMapped(text), unmap(text)], [false, text]);
  }
});

Deno.test("formatAddress() writes IPv6 in brackets and abstract sockets with @", () => {
  assertEquals(formatAddress({ hostname: "::1", port: 80 }), "[::1]:80");
  assertEquals(formatAddress({ path: "\0name" }), "unix:@name");
});

Deno.test("getServByName() and getServByPort() know transports", () => {
  assertEquals([getServByName("ssh"), getServByName("domain", "udp")], [22, 53]);
  assertEquals([getServByPort(443), getServByPort(123, "udp")], ["https", "ntp"]);
  for (const wrong of [["ssh", "udp"], ["nothing", "tcp"], ["HTTP", "tcp"]] as const) {
    assertThrows(() => getServByName(wrong[0], wrong[1]), Deno.errors.NotFound);
  }
  assertThrows(() => getServByPort(1), Deno.errors.NotFound);
});

Deno.test("getAddrInfo() gives the addresses of a host with the port of a service", async () => {
  const all = await getAddrInfo("localhost", 8000);
  assert(all.some(({ hostname }) => hostname === "127.0.0.1" || hostname === "::1"));
  assert(all.every(({ port }) => port === 8000));
  assertEquals(await getAddrInfo("::1", "https"), [{ family: "ipv6", hostname: "::1", port: 443 }]);
  const error = await assertRejects(() => getAddrInfo("no-such-host.invalid", 80), GaiError);
  assert(error.message.includes("no-such-host.invalid:80"));
  await assertRejects(() => getAddrInfo("localhost", "no-service"), Deno.errors.NotFound);
  const signal = AbortSignal.abort(new RangeError("no"));
  await assertRejects(() => getAddrInfo("localhost", 80, { signal }), RangeError, "no");
});

Deno.test("getNameInfo() gives names, or numbers where there are none", async () => {
  const { hostname, service } = await getNameInfo({ hostname: "127.0.0.1", port: 80 });
  assert(hostname.length > 0);
  assertEquals(service, "http");
  assertEquals(
    await getNameInfo({ hostname: "::1", port: 1 }, { numericHost: true, numericService: true }),
    { hostname: "::1", service: "1" },
  );
  await assertRejects(() => getNameInfo({ hostname: "localhost", port: 80 }), SyntaxError);
});

Deno.test("hasDualstackIPv6() agrees with CPython", { ignore: python === undefined }, async () => {
  const { stdout } = await new Deno.Command(python!.command, {
    args: ["-c", "import socket; print(socket.has_dualstack_ipv6())"],
  }).output();
  const theirs = new TextDecoder().decode(stdout).trim() === "True";
  assertEquals(await hasDualstackIPv6(), theirs);
});
