/** Work that ends only when it is told to, with the signal's reason. */
export function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/** Work that notes its signal's abort, tidies up for some turns, and then ends with the reason. */
export function tidiesUp(notes: string[], note: string): (signal: AbortSignal) => Promise<never> {
  return async (signal) => {
    try {
      return await untilAborted(signal);
    } catch (error) {
      for (let i = 0; i < 5; i++) await Promise.resolve();
      notes.push(note);
      throw error;
    }
  };
}

/** Lets everything that is ready run. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
