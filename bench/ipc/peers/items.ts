/** What is sent. */

/** Bytes of a kibibyte. */
export const KIB = 1024;
/** Bytes of a mebibyte. */
export const MIB: number = 1024 * KIB;

/** What the table's small objects look like. */
export interface Item {
  id: number;
  name: string;
}

/** One of them. */
export const item = (i: number): Item => ({ id: i, name: `user${i & 1023}` });
