import { assertEquals, assertThrows } from "@std/assert";
import { CsvError, hasHeader, sniff } from "@ferry/std/formats/csv";

Deno.test("csv.sniff() finds the delimiter by quotes, else by frequency", () => {
  const cases: [
    sample: string,
    delimiter: string,
    quote: string,
    doubled: boolean,
    space: boolean,
  ][] = [
    ["a,b\n1,2\n", ",", '"', false, false],
    ["a;'b';c\n1;'2';3\n", ";", "'", false, false],
    ['a, "b", c\n', ",", '"', false, true],
    ['"a""b"|"c"\n', "|", '"', true, false],
    ["a\tb c\n1\t2 3\n", "\t", '"', false, false],
  ];
  for (const [sample, ...expected] of cases) {
    const { delimiter, quoteChar, doubleQuote, skipInitialSpace } = sniff(sample);
    assertEquals(
      [delimiter, quoteChar, doubleQuote, skipInitialSpace] as unknown,
      expected,
      sample,
    );
  }
});

Deno.test("csv.sniff() takes only the delimiters that are allowed", () => {
  const sample = "1.5:2\n2.5:3\n";
  assertEquals(sniff(sample, { delimiters: ":" }).delimiter, ":");
  assertThrows(() => sniff(sample, { delimiters: "," }), CsvError, "delimiter");
  assertThrows(() => sniff(""), CsvError);
  assertThrows(() => sniff('"""'), CsvError);
});

Deno.test("csv.hasHeader() compares the first record with the others", () => {
  assertEquals(hasHeader("name,size\na,1\nb,2\n"), true);
  assertEquals(hasHeader("a,1\nb,2\nc,3\n"), false);
  assertEquals(hasHeader("n,z\n1,1+2j\n2,(3-1e5j)\n"), true);
});

Deno.test("csv.sniff() and csv.hasHeader() take linear time over hostile samples", () => {
  // Python's expressions take more than quadratic time over these; the deadline is the test runner's.
  const samples = [",'a", '"', "' ", '"a"', ",\n", "a", "-", '""",', "'\n", "1j", "(", ';"\n'];
  for (const piece of samples) {
    for (
      const sample of [
        piece.repeat(50_000),
        `,"${piece.repeat(50_000)}`,
        piece.repeat(50_000) + ',"',
      ]
    ) {
      try {
        hasHeader(sample);
      } catch (error) {
        if (!(error instanceof CsvError)) throw error;
      }
    }
  }
});
