// What each of these entry points has to do wherever it is loaded.
const ENTRIES = ["csv", "json", "toml", "msgpack", "pickle", "marshal"];

const CHECKS = {
  csv: ({ parse, stringify }) => {
    const rows = parse("name,price\ntea,2.5\n", { skipFirstRow: true, types: { price: "number" } });
    return rows[0].price === 2.5 && stringify([["a", "b,c"]]).includes('"b,c"');
  },
  json: ({ parse, jsonc }) =>
    parse('{"n": 1}').n === 1 &&
    jsonc.edit('{ "a": 1, // one\n}', ["a"], 2) === '{ "a": 2, // one\n}',
  toml: ({ parse, stringify }) => parse(stringify({ a: { b: [1, 2] } })).a.b[1] === 2,
  msgpack: ({ encode, decode }) => {
    const long = "ü€🍺".repeat(2000);
    return decode(encode({ long, bytes: new Uint8Array(3) })).long === long;
  },
  pickle: ({ dumps, loads }) => {
    const value = { text: "grün €", list: [1, 2n ** 70n, null], ascii: "x".repeat(3000) };
    const copy = loads(dumps(value));
    return copy.text === value.text && copy.list[1] === 2n ** 70n && copy.ascii === value.ascii;
  },
  marshal: ({ dumps, loads }) => {
    const copy = loads(dumps(["grün €", "a".repeat(600), 1.5]));
    return copy[0] === "grün €" && copy[1].length === 600 && copy[2] === 1.5;
  },
};

/**
 * Loads and uses each entry point.
 *
 * @param load Imports one by its key: `formats/csv`.
 * @returns By name, `true` or what went wrong.
 */
export async function check(load) {
  const results = {};
  for (const name of ENTRIES) {
    const area = name === "pickle" || name === "marshal" ? "persist" : "formats";
    try {
      results[name] = CHECKS[name](await load(`${area}/${name}`)) === true || "wrong";
    } catch (error) {
      results[name] = String(error?.stack ?? error);
    }
  }
  return results;
}
