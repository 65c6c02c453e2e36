/** All that is measured, each started once. */
import { Channel, Collections } from "./collections.ts";
import { CPython } from "./cpython.ts";
import { Ferry } from "./ferry.ts";
import { Managers } from "./managers.ts";
import { NamedPeer } from "./named.ts";
import { Piscina } from "./piscina.ts";
import { Pools } from "./pool.ts";
import { PostMessage } from "./post_message.ts";
import { Readers } from "./read_write.ts";

/** Ours and the peers. */
export interface Contenders extends AsyncDisposable {
  readonly ferry: Ferry;
  readonly cpython: CPython;
  /** `postMessage` of web workers. */
  readonly web: PostMessage;
  /** `postMessage` of node:worker_threads. */
  readonly node: PostMessage;
  readonly piscina: Piscina;
  readonly pools: Pools;
  readonly readers: Readers;
  readonly collections: Collections;
  readonly managers: Managers;
  readonly channel: Channel;
  readonly named: NamedPeer;
}

/** Starts them. */
export async function startAll(python: string): Promise<Contenders> {
  const stack = new AsyncDisposableStack();
  return {
    ferry: stack.use(new Ferry()),
    cpython: stack.use(new CPython(python)),
    web: stack.use(await PostMessage.start({ node: false })),
    node: stack.use(await PostMessage.start({ node: true })),
    piscina: stack.use(new Piscina()),
    pools: stack.use(new Pools()),
    readers: stack.use(new Readers()),
    collections: stack.use(new Collections()),
    managers: stack.use(new Managers()),
    channel: stack.use(new Channel()),
    named: stack.use(new NamedPeer()),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
