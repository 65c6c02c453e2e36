/**
 * What only the engine knows: the variables a function has captured, where it was written, the private members of an
 * object. Asked of V8's inspector, in process.
 *
 * `Runtime.getProperties` of a function lists its scopes as `[[Scopes]]`. Handing that list to a function of ours, with
 * `Runtime.callFunctionOn`, gives the scopes as objects with the very values in them. A scope object is a copy: writing to
 * it changes nothing, and two functions that share a scope get two of them (see `heap.ts`).
 */
import { Session } from "node:inspector";
import { Script, type ScriptFacts } from "../source/script.ts";

/** One scope of a function, from the innermost outwards. */
export interface EngineScope {
  /** `Closure`, `Block`, `Module`, `Script`, `Global` … */
  readonly type: string;
  /** Its variables; reading one that is not initialised yet may throw. */
  readonly variables: Record<string, unknown>;
}

/** What the engine knows of a function. */
export interface FunctionFacts {
  readonly script: Script | undefined;
  readonly line: number;
  readonly column: number;
  readonly scopes: readonly EngineScope[];
}

/** A private field of an object, in the order in which they were added. Methods and accessors are left out. */
export interface PrivateField {
  readonly name: string;
  readonly value: unknown;
}

interface RemoteObject {
  readonly type: string;
  readonly value?: unknown;
  readonly unserializableValue?: string;
  readonly objectId?: string;
}

interface PropertyList {
  readonly result: readonly { readonly name: string; readonly value?: RemoteObject }[];
  readonly internalProperties?: readonly { readonly name: string; readonly value?: RemoteObject }[];
  readonly privateProperties?: readonly { readonly name: string; readonly value?: RemoteObject }[];
}

interface Location {
  readonly scriptId: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/** Scripts that were looked at before; the engine does not use an id twice. */
const scripts: Map<string, Script> = new Map();
/** Most scripts remembered. */
const REMEMBERED = 64;

/** Where the objects in question are put for the inspector to find. */
const PLACE = Symbol.for("@ferry/std/persist/dill inspector");

/** A connection to the inspector of this thread. */
export class Inspector implements Disposable {
  readonly #session: Session;
  #knowsScripts: Map<string, ScriptFacts> | undefined;

  /** @throws {Deno.errors.NotCapable} If `--allow-sys` was not given. */
  constructor() {
    this.#session = new Session();
    this.#session.connect();
  }

  /** What the engine knows of functions. */
  async functions(functions: readonly object[]): Promise<FunctionFacts[]> {
    return await this.#with(functions, async (ids, take) => {
      const lists = await Promise.all(ids.map((id) => this.#properties(id)));
      const scopes = lists.map((list) => internal(list, "[[Scopes]]")?.objectId);
      const live = await take(scopes.filter((id) => id !== undefined)) as RawScopes[];
      const facts: FunctionFacts[] = [];
      for (const [i, list] of lists.entries()) {
        const location = internal(list, "[[FunctionLocation]]")?.value as Location | undefined;
        facts.push({
          script: location && await this.#script(location.scriptId),
          line: location?.lineNumber ?? 0,
          column: location?.columnNumber ?? 0,
          scopes: scopes[i] === undefined ? [] : readScopes(live.shift()!),
        });
      }
      return facts;
    });
  }

  /** The private fields of objects. */
  async privateFields(objects: readonly object[]): Promise<PrivateField[][]> {
    return await this.#with(objects, async (ids, take) => {
      const lists = await Promise.all(ids.map((id) => this.#properties(id)));
      const fields = lists.map(({ privateProperties = [] }) =>
        privateProperties.filter((property) => property.value !== undefined)
      );
      const values = await take(fields.flat().map(({ value }) => value!));
      let next = 0;
      return fields.map((list) => list.map(({ name }) => ({ name, value: values[next++] })));
    });
  }

  /** The object that a heap snapshot gives a number to; `undefined` if it is no more. */
  async heapObject(id: number): Promise<object | undefined> {
    try {
      const { result } = await this.#post<{ result: RemoteObject }>(
        "HeapProfiler.getObjectByHeapObjectId",
        { objectId: String(id) },
      );
      return await this.#with([], async (_, take) => (await take([result]))[0] as object);
    } catch {
      return undefined;
    }
  }

  [Symbol.dispose](): void {
    this.#session.disconnect();
  }

  /** Gives objects an id each; `take` brings what has an id, or a value, here. */
  async #with<T>(
    objects: readonly object[],
    use: (
      ids: string[],
      take: (remote: readonly (string | RemoteObject)[]) => Promise<unknown[]>,
    ) => Promise<T>,
  ): Promise<T> {
    let taken: unknown[] = [];
    const anchor = { objects, take: (values: unknown[]) => void (taken = values) };
    const group = { objectGroup: "dill" };
    // Found under a name for this long only: until it has an id.
    Object.defineProperty(globalThis, PLACE, { value: anchor, configurable: true });
    let evaluating: Promise<{ result: RemoteObject }>;
    try {
      const expression = `globalThis[Symbol.for(${JSON.stringify(PLACE.description)})]`;
      evaluating = this.#post("Runtime.evaluate", { expression, ...group });
    } finally {
      delete (globalThis as Record<symbol, unknown>)[PLACE];
    }
    const objectId = (await evaluating).result.objectId!;
    const call = (functionDeclaration: string, args: unknown[] = []) =>
      this.#post<{ result: RemoteObject }>("Runtime.callFunctionOn", {
        objectId,
        functionDeclaration,
        arguments: args,
        ...group,
      });
    try {
      const list = await call("function () { return this.objects; }");
      const ids: string[] = [];
      for (const { name, value } of (await this.#properties(list.result.objectId!)).result) {
        if (/^\d+$/.test(name)) ids[Number(name)] = value!.objectId!;
      }
      return await use(ids, async (remote) => {
        if (remote.length === 0) return [];
        await call(
          "function (...values) { this.take(values); }",
          remote.map((item) => typeof item === "string" ? { objectId: item } : argument(item)),
        );
        return taken;
      });
    } finally {
      await this.#post("Runtime.releaseObjectGroup", group);
    }
  }

  #properties(objectId: string): Promise<PropertyList> {
    return this.#post("Runtime.getProperties", { objectId, ownProperties: true });
  }

  async #script(id: string): Promise<Script | undefined> {
    const known = scripts.get(id);
    if (known !== undefined) return known;
    if (this.#knowsScripts === undefined) {
      const facts = this.#knowsScripts = new Map<string, ScriptFacts>();
      this.#session.on("Debugger.scriptParsed", ({ params }) => {
        const { scriptId, url, isModule = false } = params;
        facts.set(scriptId, { id: scriptId, url, isModule });
      });
      await this.#post("Debugger.enable");
    }
    const facts = this.#knowsScripts.get(id);
    if (facts === undefined) return undefined;
    const { scriptSource } = await this.#post<{ scriptSource: string }>(
      "Debugger.getScriptSource",
      { scriptId: id },
    );
    const script = new Script(facts, scriptSource);
    if (scripts.size >= REMEMBERED) scripts.delete(scripts.keys().next().value!);
    scripts.set(id, script);
    return script;
  }

  #post<T>(method: string, params?: object): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#session.post(method, params, (error: unknown, result: unknown) => {
        if (error) reject(error);
        else resolve(result as T);
      });
    });
  }
}

function internal(list: PropertyList, name: string): RemoteObject | undefined {
  return list.internalProperties?.find((property) => property.name === name)?.value;
}

/** A value as an argument of a call. */
function argument(remote: RemoteObject): object {
  if (remote.objectId !== undefined) return { objectId: remote.objectId };
  if (remote.unserializableValue !== undefined) {
    return { unserializableValue: remote.unserializableValue };
  }
  return remote.type === "undefined" ? {} : { value: remote.value };
}

type RawScopes = ArrayLike<{ readonly description: string; readonly object: object }>;

function readScopes(raw: RawScopes): EngineScope[] {
  const scopes: EngineScope[] = [];
  for (let i = 0; i < raw.length; i++) {
    const { description, object } = raw[i]!;
    const type = /^\w*/.exec(description)![0];
    scopes.push({ type, variables: object as Record<string, unknown> });
  }
  return scopes;
}
