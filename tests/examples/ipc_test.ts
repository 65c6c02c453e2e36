// Each example of examples/ipc is run with the exact command of its first line, and must print what is written here.
import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";

const ROOT = new URL("../../", import.meta.url);

const EXPECTED: Record<string, string> = {
  "01_mandelbrot.ts": "37288 of 153600 points are in the set\n",
  "02_crawler.ts": "55 pages, 1550 words\n/13: TimeoutError\n/61: status 404\n",
  "03_live_statistics.ts": `30000 of 30000 measurements heard
attic   26.03 ± 1.63 °C
cellar  12.00 ± 1.62 °C
garden  18.01 ± 1.63 °C
  8° ######
  9° #################
 10° ############################
 11° ########################################
 12° ########################################
 13° #############################
 14° ######################
 15° #######################
 16° ############################
 17° ########################################
 18° #######################################
 19° #############################
 20° ##################
 21° ######
 22° ######
 23° ##################
 24° ###########################
 25° ########################################
 26° ########################################
 27° ############################
 28° ##################
 29° ######
the display has seen the last: true
seen and lost are all: true
`,
  "04_numpy.ts": `numpy sees 1000000 numbers, the largest is 999999.0
Python ended well: true
Deno sees [ -1, 1, 2 ] ... [ 999998, 999999 ]
`,
  "05_shared_manager.ts": `to 2
be 2
or 1
not 1
the other program ended well: true
`,
  "06_local_or_redis.ts": `     0 2262
 20000 1941
 40000 1854
 60000 1780
 80000 1755
 total 9592
`,
  "07_two_programs.ts": `killed, having done 300; 700 are left
1000 squares, their sum is 332833500; ended well: true
`,
};

/** A PATH on which `python3` has numpy: the one there is, or the system's. */
function pathWithNumpy(): string | undefined {
  const own = Deno.env.get("PATH") ?? "";
  return [own, `/usr/bin:${own}`].find((PATH) => {
    try {
      const args = ["-c", "import numpy"];
      return new Deno.Command("env", { args: ["python3", ...args], env: { PATH }, stderr: "null" })
        .outputSync().success;
    } catch {
      return false;
    }
  });
}

Deno.test("examples/ipc holds the examples that are tested", () => {
  const found = [...Deno.readDirSync(new URL("examples/ipc", ROOT))].map(({ name }) => name);
  assertEquals(found.sort(), Object.keys(EXPECTED));
});

for (const [name, expected] of Object.entries(EXPECTED)) {
  Deno.test(`examples/ipc/${name} prints what it says`, async () => {
    const source = await Deno.readTextFile(new URL(`examples/ipc/${name}`, ROOT));
    const [first] = source.split("\n");
    const needsNumpy = source.includes("import numpy");
    const PATH = needsNumpy ? pathWithNumpy() : Deno.env.get("PATH");
    if (PATH === undefined) {
      console.log(`skipped: examples/ipc/${name} needs a python3 with numpy`);
      return;
    }
    const args = /^\/\/ deno (run .*)$/.exec(first!)![1]!.split(" ").slice(1);
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-prompt", ...args],
      cwd: fileURLToPath(ROOT),
      env: { NO_COLOR: "1", PATH },
      signal: AbortSignal.timeout(120_000),
    }).output();
    assertEquals(new TextDecoder().decode(stderr), "");
    assertEquals(new TextDecoder().decode(stdout), expected);
    assertEquals(code, 0);
  });
}

Deno.test("examples/ipc/01_mandelbrot.ts writes a picture: black inside, color at the edge", async () => {
  const file = new URL("mandelbrot.ppm", ROOT);
  const picture = await Deno.readFile(file);
  await Deno.remove(file);
  const header = "P6 480 320 255\n";
  assertEquals(new TextDecoder().decode(picture.subarray(0, header.length)), header);
  assertEquals(picture.length, header.length + 480 * 320 * 3);
  const pixel = (x: number, y: number) => {
    const at = header.length + 3 * (y * 480 + x);
    return [...picture.subarray(at, at + 3)];
  };
  assertEquals(pixel(300, 160), [0, 0, 0]);
  // The mirror image of each other, but for the row in the middle.
  assertEquals(pixel(100, 100), pixel(100, 220));
  assertEquals(pixel(200, 300).some((part) => part > 0), true);
});
