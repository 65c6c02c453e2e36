/** Types for the process of a manager. */
export const types = {
  Counter: {
    factory: (n: number): object => ({ add: (by = 1) => n += by, pid: () => Deno.pid }),
  },
};

export const none = 5;
