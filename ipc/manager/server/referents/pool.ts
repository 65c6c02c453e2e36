import type { AsyncResult } from "../../../pool/async_result.ts";
import type { PoolTask } from "../../../pool/options.ts";
import { Pool } from "../../../pool/pool.ts";
import { compileFunction } from "../../../process/target_function.ts";
import { Global, PyException } from "../../../../persist/types/mod.ts";
import { pyError, pyIterate, pyType } from "../python_values.ts";
import { Task } from "../../task.ts";
import { secondsOf } from "./_gate.ts";
import { type Caller, type Context, type Referent, referent } from "./referent.ts";

/** A pool of a server, and the functions that clients may name. */
interface ManagedPool {
  readonly pool: Pool;
  readonly functions: Context["functions"];
}

/** The function that a client means. */
function taskOf(functions: Context["functions"], given: unknown, isLocal: boolean): PoolTask {
  const name = given instanceof Global ? `${given.module}.${given.qualname}` : given;
  if (typeof name === "string") {
    if (Object.hasOwn(functions, name)) return functions[name]!;
    throw pyError("AttributeError", `the manager has no function ${JSON.stringify(name)}`);
  }
  if (!(given instanceof Task)) throw pyError("TypeError", `'${pyType(given)}' is not callable`);
  // Whoever has the key of a socket may use what is here, and bring nothing with him.
  if (!isLocal) {
    throw pyError(
      "TypeError",
      "functions of other programs are not run; one of the manager's own is needed, by its name",
    );
  }
  const { target } = given;
  return "source" in target
    ? compileFunction(target)
    : { module: target.module, export: target.name };
}

/** Positional arguments, and after them the named ones, if there are any. */
function argumentsOf(args: unknown, kwargs: unknown): unknown[] {
  const named = kwargs instanceof Map ? Object.fromEntries(kwargs) : kwargs as object | null;
  const given = pyIterate(args ?? []);
  return named && Object.keys(named).length > 0 ? [...given, named] : given;
}

function chunkOf(size: unknown): { chunkSize?: number } {
  if (size === null || size === undefined) return {};
  return { chunkSize: Number(size) };
}

type Outcome = (value: unknown) => void;

/** What is called when a result is there. */
function outcomes(callback: unknown, errorCallback: unknown): object {
  return {
    ...(typeof callback === "function" ? { callback: callback as Outcome } : {}),
    ...(typeof errorCallback === "function" ? { errorCallback: errorCallback as Outcome } : {}),
  };
}

function task({ functions }: ManagedPool, caller: Caller, given: unknown): PoolTask {
  return taskOf(functions, given, caller.owner.local);
}

/** Lists of arguments, one for each call. */
function lists(items: unknown): unknown[][] {
  return pyIterate(items).map((args) => pyIterate(args));
}

const MAP = ["func", "iterable", "chunksize"];
const ASYNC = ["callback", "error_callback"];

/** Python's `multiprocessing.Pool`, whose workers are processes of the server's. */
export const poolType: Referent = referent<ManagedPool>({
  proxyType: "PoolProxy",
  make([first = null, starter = null, startArgs = [], most = null], kwargs, { functions, local }) {
    const processes = kwargs.processes ?? first;
    const initializer = kwargs.initializer ?? starter;
    const tasks = kwargs.maxtasksperchild ?? most;
    const pool = new Pool({
      ...(processes === null ? {} : { processes: Number(processes) }),
      ...(initializer === null
        ? {}
        : { initializer: taskOf(functions, initializer, local) as () => void }),
      initArgs: pyIterate(kwargs.initargs ?? startArgs),
      ...(tasks === null ? {} : { maxTasksPerChild: Number(tasks) }),
    });
    return { pool, functions };
  },
  end: ({ pool }) => pool.terminate(),
  proxies: {
    apply_async: "AsyncResult",
    imap: "Iterator",
    imap_unordered: "Iterator",
    map_async: "AsyncResult",
    starmap_async: "AsyncResult",
  },
  parameters: {
    apply: ["func", "args", "kwds"],
    apply_async: ["func", "args", "kwds", ...ASYNC],
    imap: MAP,
    imap_unordered: MAP,
    map: MAP,
    map_async: [...MAP, ...ASYNC],
    starmap: MAP,
    starmap_async: [...MAP, ...ASYNC],
  },
  methods: {
    apply: (self, caller, func, args, kwds) =>
      self.pool.apply(task(self, caller, func) as () => unknown, argumentsOf(args, kwds) as []),
    apply_async: (self, caller, func, args, kwds, callback, errorCallback) => {
      const given = argumentsOf(args, kwds) as [];
      const options = outcomes(callback, errorCallback);
      return self.pool.applyAsync(task(self, caller, func) as () => unknown, given, options);
    },
    close: ({ pool }) => {
      pool.close();
      return null;
    },
    imap: (self, caller, func, items, size) =>
      self.pool.imap(task(self, caller, func) as Each, pyIterate(items), chunkOf(size)),
    imap_unordered: (self, caller, func, items, size) =>
      self.pool.imapUnordered(task(self, caller, func) as Each, pyIterate(items), chunkOf(size)),
    join: async ({ pool }) => {
      await pool.join();
      return null;
    },
    map: (self, caller, func, items, size) =>
      self.pool.map(task(self, caller, func) as Each, pyIterate(items), chunkOf(size)),
    map_async: (self, caller, func, items, size, callback, errorCallback) =>
      self.pool.mapAsync(task(self, caller, func) as Each, pyIterate(items), {
        ...chunkOf(size),
        ...outcomes(callback, errorCallback),
      }),
    starmap: (self, caller, func, items, size) =>
      self.pool.starmap(task(self, caller, func) as Each, lists(items), chunkOf(size)),
    starmap_async: (self, caller, func, items, size, callback, errorCallback) =>
      self.pool.starmapAsync(task(self, caller, func) as Each, lists(items), {
        ...chunkOf(size),
        ...outcomes(callback, errorCallback),
      }),
    terminate: ({ pool }) => {
      pool.terminate();
      return null;
    },
  },
});

type Each = (...items: unknown[]) => unknown;

/** Python's `multiprocessing.pool.AsyncResult`. */
export const asyncResultType: Referent = referent<AsyncResult<unknown>>({
  proxyType: "AutoProxy",
  make: ([result]) => result as AsyncResult<unknown>,
  parameters: { get: ["timeout"], wait: ["timeout"] },
  methods: {
    get: async (result, { signal }, timeout = null) => {
      if (!await result.wait({ ...milliseconds(timeout), signal })) {
        throw new PyException("TimeoutError", [], "multiprocessing.context");
      }
      return await result.get();
    },
    ready: (result) => result.ready,
    successful: (result) => {
      if (result.ready) return result.successful;
      throw pyError("ValueError", "the result is not ready");
    },
    wait: async (result, { signal }, timeout = null) => {
      await result.wait({ ...milliseconds(timeout), signal });
      return null;
    },
  },
});

function milliseconds(timeout: unknown): { timeout?: number } {
  const seconds = secondsOf(true, timeout, "over");
  return seconds === undefined ? {} : { timeout: seconds * 1000 };
}
