/**
 * The objects on Redis, in the place of a server: the same requests, which are carried out here by scripts. An object's ident is
 * `<type>:<name>`.
 */
import { PyException } from "../../../persist/types/mod.ts";
import { BaseProxy } from "../client/base_proxy.ts";
import type { SendOptions } from "../client/transport.ts";
import { LeaseLostError } from "../errors.ts";
import type { Reply, Request } from "../wire.ts";
import { ADOPT, CREATE, DECREF, INCREF, REMOVE } from "./lua.ts";
import { bufferOf, type Pickles, Remote } from "./remote.ts";
import type { Session, Target } from "./session.ts";
import { typeOf } from "./types/mod.ts";
import { Waits } from "./waits.ts";

type Kwargs = Readonly<Record<string, unknown>>;

/** The objects on Redis, for one client. */
export class RedisObjects {
  readonly #session: Session;
  readonly #waits: Waits;
  readonly #pickles: Pickles;
  readonly #remotes = new Map<string, Remote>();
  /** The unnamed objects that are referred to, and how often. */
  readonly #held = new Map<string, number>();
  /** Told when what is held is lost. */
  readonly #grants = new Set<() => void>();

  constructor(session: Session, pickles: Pickles) {
    this.#session = session;
    this.#waits = new Waits(session);
    this.#pickles = pickles;
    session.onLapse(() => {
      const grants = [...this.#grants];
      this.#grants.clear();
      for (const lose of grants) lose();
    });
    session.onDeath(() => this.#referAgain());
  }

  /** Carries a request out. */
  async send(request: Request, { signal }: SendOptions = {}): Promise<Reply> {
    signal?.throwIfAborted();
    try {
      const { ident, method, args, kwargs = {} } = request;
      const result = ident === null
        ? await this.#control(method, args, kwargs)
        : await this.#call(ident, method, args, { signal, kwargs });
      return { kind: "#RETURN", result };
    } catch (error) {
      if (error instanceof PyException) return { kind: "#ERROR", result: error };
      throw error;
    }
  }

  /** Ends the session: what is held goes to others. */
  async close(): Promise<void> {
    await this.#waits.close();
    this.#grants.clear();
    await this.#session.close();
  }

  /** A signal that aborts when what a session holds is lost. */
  watch(session: string, attempted: string): { signal: AbortSignal; forget: () => void } {
    const controller = new AbortController();
    const lose = () => controller.abort(new LeaseLostError(attempted, this.#session.lease));
    if (session === this.#session.id) this.#grants.add(lose);
    else lose();
    return { signal: controller.signal, forget: () => this.#grants.delete(lose) };
  }

  async #call(
    ident: string,
    method: string,
    args: readonly unknown[],
    { signal, kwargs }: { signal: AbortSignal | undefined; kwargs: Kwargs },
  ): Promise<unknown> {
    const self = this.#remote(targetOf(ident));
    const { methods, parameters } = typeOf(self.kind);
    if (!Object.hasOwn(methods, method)) {
      throw new PyException("AttributeError", [
        `a managed ${self.kind} on Redis has no method '${method}'`,
      ]);
    }
    if (args.some((arg) => typeof arg === "function")) {
      throw new Deno.errors.NotSupported(
        `Cannot call ${method} of a managed ${self.kind} with a function: Redis runs no program that could call it`,
      );
    }
    const bound = bind(method, args, kwargs, parameters?.[method]);
    await this.#adopt(self, bound.args);
    return await methods[method]!(self, { signal, kwargs: bound.kwargs }, ...bound.args);
  }

  async #control(method: string, args: readonly unknown[], kwargs: Kwargs): Promise<unknown> {
    switch (method) {
      case "create":
        return await this.#create(String(args[0]), undefined, args.slice(1), kwargs);
      case "create_named":
        return await this.#create(String(args[1]), String(args[0]), args.slice(2), kwargs);
      case "incref":
        await this.#incref(targetOf(args[0]));
        return null;
      case "decref":
        await this.#decref(targetOf(args[0]));
        return null;
      case "remove":
        return await this.#session.change("remove a managed object", REMOVE, {
          name: String(args[0]),
          kind: "",
        }) === 1;
      case "number_of_objects":
        return await this.#session.count();
      default:
        throw new Deno.errors.NotSupported(
          `Cannot ${
            method.replaceAll("_", " ")
          }: Redis is no server of a manager's, and goes on for others; ` +
            "close() ends the connection",
        );
    }
  }

  async #create(
    kind: string,
    name: string | undefined,
    args: readonly unknown[],
    kwargs: Kwargs,
  ): Promise<unknown> {
    const type = typeOf(kind);
    const target = { kind, name: name ?? crypto.randomUUID() };
    const dump = (value: unknown) => bufferOf(this.#pickles.dump(value));
    const { facts = {}, commands = [] } = type.make(args, kwargs, { dump });
    const pairs = Object.entries(facts).flat();
    const what = `create a managed ${kind}`;
    const made = await this.#session.change(what, CREATE, target, [
      name === undefined ? "0" : "1",
      String(pairs.length / 2),
      ...pairs,
      ...commands.flatMap((words) => [String(words.length), ...words]),
    ]);
    if (made instanceof Uint8Array) return String(made);
    if (name === undefined) this.#hold(target, 1);
    if (made === 1) await this.#adopt(this.#remote(target), [...args, kwargs]);
    const exposed = Object.keys(type.methods).filter((method) => !method.startsWith("#"));
    return [identOf(target), exposed];
  }

  async #incref(target: Target): Promise<void> {
    const what = `refer to a managed ${target.kind}`;
    if (await this.#session.change(what, INCREF, target) !== 1) {
      throw new PyException("KeyError", [identOf(target)]);
    }
    this.#hold(target, 1);
  }

  async #decref(target: Target): Promise<void> {
    this.#hold(target, -1);
    await this.#session.change(`let go of a managed ${target.kind}`, DECREF, target);
  }

  #hold(target: Target, more: number): void {
    const ident = identOf(target);
    const count = (this.#held.get(ident) ?? 0) + more;
    if (count > 0) this.#held.set(ident, count);
    else {
      this.#held.delete(ident);
      this.#remotes.delete(ident);
    }
  }

  #remote(target: Target): Remote {
    const ident = identOf(target);
    let remote = this.#remotes.get(ident);
    if (remote === undefined) {
      const [session, waits, pickles] = [this.#session, this.#waits, this.#pickles];
      this.#remotes.set(ident, remote = new Remote(target, { session, waits, pickles }));
    }
    return remote;
  }

  /** Unnamed objects that become items of another one stay for as long as that does. */
  async #adopt(self: Remote, args: readonly unknown[]): Promise<void> {
    const names = new Set<string>();
    const seen = new Set<unknown>();
    for (const arg of args) namesIn(arg, names, seen);
    if (names.size > 0) await self.changeMany("keep an item", ADOPT, [...names]);
  }

  /** The server had given this client up, and what only it referred to. What is left is referred to again. */
  #referAgain(): void {
    for (const [ident, count] of this.#held) {
      const target = targetOf(ident);
      for (let i = 0; i < count; i++) {
        this.#session.change(`refer to a managed ${target.kind}`, INCREF, target).catch(() => {
          // Whoever uses the proxy is told.
        });
      }
    }
  }
}

function identOf({ kind, name }: Target): string {
  return `${kind}:${name}`;
}

function targetOf(ident: unknown): Target {
  const [, kind, name] = /^(\w+):([^]+)$/.exec(String(ident)) ?? [];
  if (kind === undefined || name === undefined) {
    throw new TypeError(
      `Cannot use a proxy with Redis: needed one of a manager on Redis, received one of object ${ident}`,
    );
  }
  return { kind, name };
}

/** The names of the objects whose proxies are in a value. */
function namesIn(value: unknown, names: Set<string>, seen: Set<unknown>): void {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return;
  if (seen.has(value)) return;
  seen.add(value);
  if (value instanceof BaseProxy) names.add(targetOf(value.ident).name);
  else if (Array.isArray(value) || value instanceof Set) {
    for (const item of value) namesIn(item, names, seen);
  } else if (value instanceof Map) {
    for (const pair of value) for (const item of pair) namesIn(item, names, seen);
  } else for (const item of Object.values(value)) namesIn(item, names, seen);
}

/** Arguments in their order, those given by name too; names that a method does not have stay names. */
function bind(
  method: string,
  args: readonly unknown[],
  kwargs: Kwargs,
  parameters: readonly string[] = [],
): { args: readonly unknown[]; kwargs: Kwargs } {
  const bound = [...args];
  const rest: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(kwargs)) {
    const at = parameters.indexOf(name);
    if (at < 0) rest[name] = value;
    else if (at < args.length) {
      throw new PyException("TypeError", [`${method}() got two values for argument '${name}'`]);
    } else bound[at] = value;
  }
  return { args: Array.from(bound), kwargs: rest };
}
