import { edit, TomlError } from "@ferry/std/formats/toml";
import { assertEquals, assertThrows } from "@std/assert";

const TEXT = `# head
title = 'x' # one

[server] # two
ports = [ 80, 443 ] # three
since = 1979-05-27 07:32:00.5
ratio = 1.0

# four
[[job]]
name = "a" # five

[[job]]
name = "b"
`;

Deno.test("edit() without changes gives the text back", () => {
  assertEquals(edit(TEXT, []), TEXT);
});

Deno.test("edit() changes values and keeps comments and formatting", () => {
  const text = edit(TEXT, [
    { path: ["title"], value: "y" },
    { path: ["server", "ports", 1], value: 8443 },
    { path: ["job", 0, "name"], value: "z" },
  ]);
  assertEquals(
    text,
    TEXT.replace("'x'", "'y'").replace("443", "8443").replace('"a"', '"z"'),
  );
});

Deno.test("edit() takes a path and a value for a single change", () => {
  const text = "a = 1 # c\nb = [1, 2]\n";
  assertEquals(edit(text, ["b", 0], 3), "a = 1 # c\nb = [3, 2]\n");
  assertEquals(edit(text, ["b"], undefined), "a = 1 # c\n");
});

Deno.test("edit() keeps a float a float, and big integers exact", () => {
  assertEquals(edit("a = 1.0 # f\nb = 1\n", [{ path: ["a"], value: 2 }]), "a = 2.0 # f\nb = 1\n");
  assertEquals(
    edit("a = 1\n", [{ path: ["a"], value: 9007199254740993n }]),
    "a = 9007199254740993\n",
  );
});

Deno.test("edit() adds keys, tables and items, and removes them", () => {
  assertEquals(edit("a = 1 # c\n", [{ path: ["b"], value: true }]), "a = 1 # c\nb = true\n");
  assertEquals(
    edit("# c\n[a]\nb = 1 # d\nc = 2 # e\n", [{ path: ["a", "b"] }]),
    "# c\n[a]\nc = 2 # e\n",
  );
  assertEquals(edit("a = [1, 2] # c\n", [{ path: ["a", 2], value: 3 }]), "a = [1, 2, 3] # c\n");
  assertEquals(edit("a = [1, 2, 3] # c\n", [{ path: ["a", 1] }]), "a = [1, 3] # c\n");
  assertEquals(edit("a = 1\n", [{ path: ["x", "y"] }]), "a = 1\n");
});

Deno.test("edit() writes dates of every kind", () => {
  const text = edit("a = 1 # c\n", [
    { path: ["a"], value: Temporal.ZonedDateTime.from("2024-02-29T12:00:00.123456-03:30[-03:30]") },
    { path: ["b"], value: Temporal.PlainTime.from("01:02:03") },
  ]);
  assertEquals(text, "a = 2024-02-29T12:00:00.123456-03:30 # c\nb = 01:02:03\n");
});

Deno.test("edit() refuses paths that do not fit", () => {
  for (
    const path of [[], ["title", "x"], ["server", 0], ["job", "x"], ["job", 5, "x"], [
      "server",
      "since",
      "x",
    ]]
  ) {
    assertThrows(() => edit(TEXT, [{ path, value: 1 }]), TypeError, "Cannot edit TOML at");
  }
});

Deno.test("edit() refuses a text that is not TOML, and a value without a form", () => {
  assertThrows(() => edit("a = ", [{ path: ["a"], value: 1 }]), TomlError);
  assertThrows(() => edit("a = 1", [{ path: ["a"], value: null }]), TypeError, "Cannot write null");
});
