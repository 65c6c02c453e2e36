import { BINPERSID, PERSID } from "../opcodes.ts";
import type { Saver } from "./_saver.ts";
import { PicklingError } from "../errors.ts";

/** Asks for the persistent id of a value and writes it if there is one; tells whether it did. */
export function savePersistent(saver: Saver, value: unknown): boolean {
  saver.calls++;
  const id = saver.settings.persistentId!(value);
  if (id === undefined) return false;
  if (saver.protocol > 0) {
    saver.saveValue(id);
    saver.out.byte(BINPERSID);
    return true;
  }
  const text = String(id);
  // deno-lint-ignore no-control-regex
  if (!/^[\x00-\x09\x0b-\x7f]*$/.test(text)) {
    throw new PicklingError(
      `Cannot write the persistent id ${JSON.stringify(text)}: protocol 0 needs one line of ASCII`,
    );
  }
  saver.out.byte(PERSID);
  saver.out.ascii(`${text}\n`);
  return true;
}
