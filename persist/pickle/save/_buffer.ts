import { NEXT_BUFFER, READONLY_BUFFER } from "../opcodes.ts";
import { saveByteArrayData, saveBytes } from "./_bytes.ts";
import type { Saver } from "./_saver.ts";
import { PicklingError } from "../errors.ts";
import type { PickleBuffer } from "../pickle_buffer.ts";

/** Writes a buffer: beside the pickle if the callback takes it, into the pickle otherwise. */
export function savePickleBuffer(saver: Saver, buffer: PickleBuffer): void {
  if (saver.protocol < 5) {
    throw new PicklingError(
      `Cannot pickle a PickleBuffer with protocol ${saver.protocol}: it needs protocol 5`,
    );
  }
  const bytes = buffer.raw();
  const { bufferCallback } = saver.settings;
  if (bufferCallback === undefined || bufferCallback(buffer) === true) {
    if (buffer.readonly) saveBytes(saver, buffer, bytes);
    else saveByteArrayData(saver, buffer, bytes);
    return;
  }
  saver.out.byte(NEXT_BUFFER);
  if (buffer.readonly) saver.out.byte(READONLY_BUFFER);
}
