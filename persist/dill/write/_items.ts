/** What a walk over a value finds, before it is encoded. */
import type { FunctionFacts } from "../capture/inspector.ts";
import type { UndumpableError } from "../errors.ts";
import type { ModuleReference } from "../capture/modules.ts";
import type { ClassSource } from "../source/class_source.ts";
import type { FunctionSource } from "../source/function_source.ts";
import type { Scope } from "../source/scope.ts";

/** A captured variable. Functions that share it change the same one. */
export interface Cell {
  readonly name: string;
  readonly value: unknown;
  /** The export that the variable stands for. */
  readonly reference: ModuleReference | undefined;
}

/** An own property. */
export interface Property {
  readonly key: string | symbol;
  readonly descriptor: PropertyDescriptor;
}

/** What an object has besides its content. */
export interface Extras {
  readonly properties: readonly Property[];
  /** Properties the kind brings along that this object does not have any more. */
  readonly deleted: readonly (string | symbol)[];
  /** Its prototype, if it is not the one of its kind. */
  readonly prototype: { readonly value: object | null } | undefined;
  /** 1 not extensible, 2 sealed, 3 frozen. */
  readonly integrity: 0 | 1 | 2 | 3;
}

/** Objects by how they are made again. `payload` is what the constructor needs, or the content. */
export type Special =
  | { readonly kind: "global"; readonly path: readonly string[] }
  | { readonly kind: "module"; readonly reference: ModuleReference }
  | { readonly kind: "persistent"; readonly id: string | number }
  | { readonly kind: "symbol"; readonly symbol: symbol }
  | { readonly kind: "object"; readonly extras: Extras; private?: PrivateState }
  | {
    readonly kind: "array";
    readonly length: number;
    readonly items: readonly (readonly [index: number, value: unknown])[] | readonly unknown[];
    readonly sparse: boolean;
    readonly extras: Extras;
    private?: PrivateState;
  }
  | {
    readonly kind: "data";
    /** `map`, `set`, `date` …: see `format/body.ts`. */
    readonly type: string;
    readonly payload: unknown;
    /** Values inside the payload that are encoded: the payload itself, a list, or pairs. */
    readonly extras: Extras;
    private?: PrivateState;
  }
  | { readonly kind: "function"; readonly item: FunctionItem; extras: Extras }
  | { readonly kind: "prototype"; readonly of: object; readonly extras: Extras };

/** What the classes of an instance have given it under private names. */
export interface PrivateState {
  /** The most derived class with private members: making an instance of it brings all of them. */
  readonly of: object;
  readonly fields: readonly {
    readonly of: object;
    readonly name: string;
    readonly value: unknown;
  }[];
}

/** A function or class that is dumped as code. */
export interface FunctionItem {
  readonly fn: object;
  readonly source: FunctionSource;
  facts: FunctionFacts | undefined;
  /** Where it is in its script. */
  located: Scope | undefined;
  /** The variables it captures, and `this`, `arguments` and the like, by name. */
  readonly captured: Map<string, Cell>;
  /** Why it cannot be dumped by itself; that does not matter if it turns out to come with its class. */
  problem: ((path: string) => UndumpableError) | undefined;
  /** The object whose method it is. */
  home: object | undefined;
  /** The class inside which it has to be made, for the sake of private names. */
  within: object | undefined;
  readonly parts: ClassItem | undefined;
}

/** A class that is dumped as code. */
export interface ClassItem {
  readonly source: ClassSource;
  /** Values of computed names, by the start of the name. */
  readonly keys: Map<number, string | symbol>;
  /** Whether instances are made without running the constructor. */
  revived: boolean;
  /** Private static fields. */
  statics: readonly { readonly name: string; readonly value: unknown }[];
}

/** A method, getter or setter that comes with its class. */
export interface Member {
  readonly of: object;
  readonly isStatic: boolean;
  readonly key: string | symbol;
  readonly part: "value" | "get" | "set";
}
