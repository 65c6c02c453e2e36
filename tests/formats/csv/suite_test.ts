import { assertEquals } from "@std/assert";
import { CsvParseStream, parse } from "@ferry/std/formats/csv";
import { conformanceCases } from "../../_support/conformance_data.ts";

interface Case {
  id: string;
  csv: string;
  expected: Record<string, string>[];
}

const cases = conformanceCases<Case>("csv-spectrum");

/** Its expected file has another telephone number than its CSV file. */
const CONTRADICTS_ITSELF = "location_coordinates";

for (const { id, csv, expected } of cases ?? []) {
  Deno.test(`csv-spectrum ${id}: parse() and CsvParseStream give the expected objects`, {
    ignore: id === CONTRADICTS_ITSELF,
  }, async () => {
    assertEquals(parse(csv, { skipFirstRow: true }), expected);
    const stream = ReadableStream.from([...csv])
      .pipeThrough(new CsvParseStream({ skipFirstRow: true }));
    assertEquals(await Array.fromAsync(stream), expected);
  });
}
