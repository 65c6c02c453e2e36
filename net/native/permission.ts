/**
 * Asking for a permission before node's modules do: they throw outside of any promise, where nobody can catch it.
 *
 * @module
 */

/**
 * Makes sure that the program may use an address.
 *
 * @param hostname The host.
 * @param port The port; none asks for all of the host.
 * @returns When it may.
 * @throws {Deno.errors.NotCapable} If it may not.
 */
export async function requireNet(hostname: string, port?: number): Promise<void> {
  const name = hostname.includes(":") ? `[${hostname}]` : hostname;
  const host = port === undefined ? name : `${name}:${port}`;
  const { state } = await Deno.permissions.request({ name: "net", host });
  if (state === "granted") return;
  throw new Deno.errors.NotCapable(
    `Requires net access to "${host}", run again with the --allow-net flag`,
  );
}
