/**
 * The error for a call of the system's that failed.
 *
 * @param what What was attempted: "create the shared memory psm_1".
 * @param code The name of the error, as POSIX has it.
 */
export function systemError(what: string, code: string): Error {
  switch (code) {
    case "EEXIST":
      return new Deno.errors.AlreadyExists(`Cannot ${what}: the name is taken`);
    case "ENOENT":
      return new Deno.errors.NotFound(`Cannot ${what}: nothing has this name`);
    case "EACCES":
    case "EPERM":
      return new Deno.errors.PermissionDenied(`Cannot ${what}: the system does not let you`);
    case "ENOSPC":
    case "ENOMEM":
    case "EFBIG":
    case "EDQUOT":
      return new RangeError(`Cannot ${what}: the system has no room for that many bytes (${code})`);
    case "ENFILE":
    case "EMFILE":
      return new Deno.errors.Busy(`Cannot ${what}: too many files are open (${code})`);
    default:
      return new Deno.errors.NotSupported(`Cannot ${what}: the system refuses it (${code})`);
  }
}

/** The error of whoever may not call the system. */
export function notCapable(what: string, cause: unknown): Error {
  return new Deno.errors.NotCapable(
    `Cannot ${what}: --allow-ffi is needed, Deno itself has no call for named shared memory`,
    { cause },
  );
}
