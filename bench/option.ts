/** Options of the command line. */

/** The text after `--name=`, if there is one. */
export const option = (name: string): string | undefined =>
  Deno.args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
