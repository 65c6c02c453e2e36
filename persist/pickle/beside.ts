/** Buffers that came beside a pickle and that the receiver may change: nothing in their class tells them from `bytes`. */
export const beside: WeakSet<object> = new WeakSet();
