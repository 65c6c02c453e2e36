// Each example of examples/net is run with the exact command of its first line, and must print what is written here.
import { assert, assertEquals } from "@std/assert";

const ROOT = new URL("../../", import.meta.url);

const EXPECTED: Record<string, string> = {
  "01_chat_server.ts": `ada reads  name?
ada reads  welcome, ada
bob reads  name?
bob reads  welcome, bob
ada reads  * bob is here
eve reads  name?
eve reads  welcome, eve
ada reads  * eve is here
bob reads  * eve is here
bob reads  ada: hello, all
eve reads  ada: hello, all
ada reads  * bob has left
eve reads  * bob has left
still here: ada, eve
`,
  "02_line_protocol.ts": `SUM 1 2 3  ->  OK 6
SUM one  ->  ERROR what?
SUM 1 1 1 1 …  ->  ERROR a line has at most 32 bytes
SUM 0.5 0.25  ->  OK 0.75
QUIT  ->  BYE
`,
  "03_tls_echo.ts": `echo: hello
echo: over
echo: TLS
a client that does not know the certificate: TlsError
`,
  "04_file_transfer.ts": `sent 25 %
sent 50 %
sent 75 %
sent 100 %
received 4194304 of 4194304
both files are the same
`,
  "05_python_objects.ts": `Deno received [ 3, 1, 2 ] a tuple 1180591620717411303424n
Python received {'sorted': [1, 2, 3], 'pair': (1, 'two')}
Deno received raw bytes, not pickled
`,
};

/** Whether a program can be started. */
function exists(command: string): boolean {
  try {
    return new Deno.Command(command, { args: ["--version"], stdout: "null", stderr: "null" })
      .outputSync().success;
  } catch {
    return false;
  }
}

Deno.test("examples/net holds the examples that are tested", () => {
  const found = [...Deno.readDirSync(new URL("examples/net", ROOT))]
    .map(({ name }) => name).filter((name) => /^\d/.test(name)).sort();
  assertEquals(found, Object.keys(EXPECTED));
});

for (const [name, expected] of Object.entries(EXPECTED)) {
  Deno.test(`examples/net/${name} runs with the command of its first line`, async () => {
    const source = await Deno.readTextFile(new URL(`examples/net/${name}`, ROOT));
    const lines = source.trimEnd().split("\n");
    assert(lines.length <= 60, `${lines.length} lines`);
    const [, deno, ...args] = lines[0]!.split(" ");
    assertEquals([deno, args[0], args.at(-1)], ["deno", "run", `examples/net/${name}`]);
    assert(!args.includes("-A") && !args.includes("--allow-all"));
    if (source.includes("--allow-run=python3") && !exists("python3")) {
      console.log(`skipped: examples/net/${name} needs python3`);
      return;
    }
    const { success, stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", ...args.slice(1)],
      cwd: ROOT,
      stderr: "inherit",
    }).output();
    assert(success);
    assertEquals(new TextDecoder().decode(stdout), expected);
  });
}

Deno.test("The tour's chapter on net runs, and --only chooses it", async () => {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "examples/tour.ts", "--only", "net"],
    cwd: ROOT,
    stderr: "inherit",
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder().decode(stdout);
  assert(success, text);
  assert(!text.includes("=== ipc"));
  assertEquals(text.match(/100 clients, 2000 echoes/g)?.length, 3);
  assert(text.includes("-> ERROR at most 64 bytes") && text.includes("-> OK 42"));
  if (exists("python3")) assert(text.includes("CPython received {'answer': 42"), text);
  else assert(text.includes("skipped"));
});

Deno.test("The tour refuses a chapter that it does not have", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "examples/tour.ts", "--only", "nowhere"],
    cwd: ROOT,
  }).output();
  assertEquals(code, 2);
  assert(new TextDecoder().decode(stderr).includes("--only needs one of: ipc, net"));
});
