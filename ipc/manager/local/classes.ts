/**
 * What travels between a server and the agents of its program beside plain values: proxies, functions, tuples as arguments,
 * and Python's values, which CPython may have put where an agent of ours finds them.
 *
 * @module
 */
import { registerClass } from "../../codec/register_class.ts";
import { noteModule } from "../../codec/class_registry.ts";
import { sendAsItself } from "../../codec/error_classes.ts";
import { dumps, loads } from "../../../persist/pickle/mod.ts";
import * as types from "../../../persist/types/mod.ts";
import type { BaseProxy } from "../client/base_proxy.ts";
import { PROXY_CLASSES } from "../client/make_proxy.ts";
import { Callback, ProxyReference } from "../wire.ts";
import { arrive, type Handle, handleOf, handleOfReference } from "./handles.ts";
import { RemoteError } from "../errors.ts";
import { ARRIVALS } from "./module.ts";
import { Task } from "../task.ts";
import { TupleBox } from "./tuple_box.ts";

const { Float, isTuple, PyDict, PyException, PySet, tagTuple } = types;

for (const Class of PROXY_CLASSES) {
  registerClass<BaseProxy, Handle>(`ferry.${Class.name}`, Class, {
    encode(proxy) {
      noteModule(ARRIVALS);
      return handleOf(proxy);
    },
    decode: (handle) => arrive(handle) as BaseProxy,
  });
}
registerClass<ProxyReference, Handle>("ferry.ProxyReference", ProxyReference, {
  encode: handleOfReference,
  decode: (handle) => arrive(handle) as ProxyReference,
});
registerClass<Callback, number>("ferry.Callback", Callback, {
  encode: ({ id }) => id,
  decode: (id) => new Callback(id),
});
registerClass<Task, Task["target"]>("ferry.Task", Task, {
  encode: ({ target }) => target,
  decode: (target) => new Task(target),
});
registerClass<TupleBox, readonly unknown[]>("ferry.tuple", TupleBox, {
  encode: ({ items }) => items.map((item) => isTuple(item) ? new TupleBox(item) : item),
  // An array, not the box.
  decode: (items) => tagTuple([...items]) as unknown as TupleBox,
});

// Python's values arrive as what they are in JavaScript, as through a socket.
registerClass<types.Float, number>("ferry.Float", Float, {
  encode: (float) => float.valueOf(),
  decode: (number) => number as unknown as types.Float,
});
registerClass<types.PyDict, Map<unknown, unknown>>("ferry.PyDict", PyDict, {
  encode: (dict) => new Map(dict),
  decode: (map) => map as types.PyDict,
});
registerClass<types.PySet, Set<unknown>>("ferry.PySet", PySet, {
  encode: (set) => new Set(set),
  decode: (set) => set as types.PySet,
});
sendAsItself(PyException);
sendAsItself(RemoteError);

/** Classes that need not be told of one by one: they arrive as through a socket, by their pickles. */
for (const [name, Class] of Object.entries(types)) {
  if (typeof Class !== "function" || !/^class\b/.test(Function.prototype.toString.call(Class))) {
    continue;
  }
  // deno-lint-ignore no-explicit-any
  const cls = Class as unknown as abstract new (...args: any[]) => object;
  if ([Float, PyDict, PySet, PyException].includes(cls as never)) continue;
  registerClass<object, Uint8Array>(`ferry.py.${name}`, cls, {
    encode: (value) => dumps(value),
    decode: (bytes) => loads(bytes, { unknown: "opaque" }) as object,
  });
}
