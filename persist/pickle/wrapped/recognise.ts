/** What bytes are that are no pickle, by how they begin. */

/** A format by its first bytes; of text, one character for each. */
const MAGIC: readonly (readonly [begin: string, name: string])[] = [
  ["\x1f\x8b", "gzip"],
  ["\xfd7zXZ\x00", "xz"],
  ["]\x00\x00", "lzma"],
  ["BZh", "bzip2"],
  ["\x28\xb5\x2f\xfd", "zstd"],
  ["\x04\x22\x4d\x18", "lz4"],
  ["PK\x03\x04", "zip"],
  ["\x93NUMPY", "npy"],
  ["\x89HDF\r\n\x1a\n", "hdf5"],
  ["PAR1", "parquet"],
  ["ARROW1", "arrow"],
  ["ZF0x", "old joblib"],
];

/** What to do with what cannot be read here. */
const ADVICE: Readonly<Record<string, string>> = {
  xz: "xz data: decompress it first",
  lzma: "lzma data: decompress it first",
  bzip2: "bzip2 data: decompress it first",
  zstd: "zstd data: decompress it first",
  lz4: "lz4 data: decompress it first",
  npy: "a .npy file of numpy",
  hdf5: "an HDF5 file",
  parquet: "a Parquet file",
  arrow: "an Arrow file",
  "old joblib": "a file of a joblib older than 0.10: load and dump it with a newer one",
};

/** Every first byte of such a format. */
const FIRST = new Set([...MAGIC.map(([begin]) => begin.charCodeAt(0)), 0x78]);

/**
 * The format of some bytes that are no pickle.
 *
 * @param bytes The bytes.
 * @param start Where they begin.
 * @returns Its name, or `undefined` if they may be a pickle.
 */
export function recognise(bytes: Uint8Array, start = 0): string | undefined {
  if (!FIRST.has(bytes[start]!)) return undefined;
  const begins = (begin: string) => {
    for (let i = 0; i < begin.length; i++) {
      if (bytes[start + i] !== begin.charCodeAt(i)) return false;
    }
    return true;
  };
  // zlib: the method is 8, and the two bytes are a multiple of 31.
  const [first, second = -1] = bytes.subarray(start, start + 2);
  if (first === 0x78 && (first * 256 + second) % 31 === 0) return "zlib";
  return MAGIC.find(([begin]) => begins(begin))?.[1];
}

/** What a format that cannot be read is, and what to do with it. */
export function adviceFor(format: string): string | undefined {
  return ADVICE[format];
}
