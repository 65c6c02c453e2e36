/**
 * The rooms of each area that has an order, lowest first: a room imports only rooms of earlier rows, and itself. A name
 * stands for a folder of the area or for a file beside the folders.
 */
export const ROOMS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  ipc: [
    ["kill_safe", "supported"],
    ["errors"],
    ["wait"],
    ["memory"],
    ["codec"],
    ["reaper"],
    ["sync"],
    ["message"],
    ["numbers"],
    ["queue", "pipe", "collections"],
    ["process"],
    ["share", "wait_any"],
    ["pool", "shared_memory"],
    ["manager"],
    ["mod"],
  ],
  markup: [
    ["options"],
    ["store"],
    ["tree"],
    ["css", "xpath"],
    ["xml"],
    ["html"],
    ["objects", "validate", "xslt"],
    ["mod"],
  ],
};

/** A room and its row in the area's order. */
export interface Room {
  readonly name: string;
  readonly row: number;
}

/**
 * The room of a file.
 *
 * @param path The file's path from the package root: `ipc/queue/core.ts`.
 * @returns `undefined` in areas without an order; a room that the order does not know is in row -1.
 */
export function roomOf(path: string): Room | undefined {
  const [area, first] = path.split("/");
  const order = area === undefined ? undefined : ROOMS[area];
  if (order === undefined || first === undefined) return undefined;
  const name = first.replace(/\.ts$/, "");
  return { name, row: order.findIndex((row) => row.includes(name)) };
}

/**
 * Whether a file may import another one, as far as the order of rooms goes.
 *
 * @param from The importing file's path from the package root.
 * @param to The imported one's.
 * @returns What is wrong, `undefined` if nothing is.
 */
export function wrongRoom(from: string, to: string): string | undefined {
  if (from.split("/")[0] !== to.split("/")[0]) return undefined;
  const here = roomOf(from);
  const there = roomOf(to);
  if (here === undefined || there === undefined) return undefined;
  for (const room of [here, there]) {
    if (room.row < 0) return `"${room.name}" has no row in the order of rooms`;
  }
  if (here.name === there.name || there.row < here.row) return undefined;
  return `room "${here.name}" must not import room "${there.name}"`;
}
