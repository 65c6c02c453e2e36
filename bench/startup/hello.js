/** Says hello through the end of a pipe that it is given. */
export default async function (connection) {
  await connection.send("hello");
}

/** Does nothing. */
export function plain() {}
