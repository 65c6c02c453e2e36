import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { CsvError, CsvParseStream, parse, type StandardSchema } from "@ferry/std/formats/csv";

interface Ship {
  name: string;
  length: number;
}

/** A validator as the libraries of the Standard Schema make them. */
function shipSchema(late: boolean): StandardSchema<Ship> {
  return {
    "~standard": {
      version: 1,
      vendor: "test",
      validate(value) {
        const { name, length } = value as { name: string; length: string };
        const result = length === "?"
          ? { issues: [{ message: "no number", path: ["length"] }] }
          : { value: { name, length: Number(length) } };
        return late ? Promise.resolve(result) : result;
      },
    },
  };
}

const TEXT = "name,length\nEve,41\nAda,12\n";
const SHIPS: Ship[] = [{ name: "Eve", length: 41 }, { name: "Ada", length: 12 }];

Deno.test("csv.parse() gives what its schema makes of each record", () => {
  const ships: Ship[] = parse(TEXT, { skipFirstRow: true, schema: shipSchema(false) });
  assertEquals(ships, SHIPS);
  const error = assertThrows(
    () => parse(`${TEXT}Tom,?\n`, { skipFirstRow: true, schema: shipSchema(false) }),
    CsvError,
    "record 4: it does not fit the schema: no number at length",
  );
  assertEquals([error.row, (error.cause as unknown[]).length], [4, 1]);
  assertEquals(
    parse(`${TEXT}Tom,?\n`, { skipFirstRow: true, maxRows: 2, schema: shipSchema(false) }),
    SHIPS,
  );
});

Deno.test("CsvParseStream takes a schema that answers later, csv.parse() refuses it", async () => {
  for (const late of [false, true]) {
    const stream = new CsvParseStream({ skipFirstRow: true, schema: shipSchema(late) });
    const ships: Ship[] = await Array.fromAsync(ReadableStream.from([TEXT]).pipeThrough(stream));
    assertEquals(ships, SHIPS);
    await assertRejects(
      () =>
        Array.fromAsync(
          ReadableStream.from([TEXT, "Tom,?\n"]).pipeThrough(
            new CsvParseStream({ skipFirstRow: true, schema: shipSchema(late) }),
          ),
        ),
      CsvError,
      "record 4",
    );
  }
  assertThrows(
    () => parse(TEXT, { skipFirstRow: true, schema: shipSchema(true) }),
    TypeError,
    "received a promise",
  );
  const none = {} as unknown as StandardSchema;
  assertThrows(() => parse(TEXT, { schema: none }), TypeError, "Standard Schema");
});
