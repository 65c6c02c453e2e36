/**
 * Several members that listen on one port: the first chooses it where it is 0, the others join, and one that dies is
 * replaced.
 *
 * ```text
 *   start -> listening -> (died: again after a pause) -> shutdown -> closed
 * ```
 */
import { pickOptions } from "../../persist/options.ts";
import { type Address, type InetAddress, NetError } from "../errors.ts";
import type { ShutdownOptions, ShutdownReport } from "../server/mod.ts";
import { type Command, type Notice, PLAIN_RULES, type PlainServerOptions } from "./_messages.ts";
import type { CrewOptions } from "./crew_options.ts";
import type { DescribedTarget } from "./target.ts";
import { TLS_SERVER_RULES } from "../tls/options.ts";

/** A worker or a process that obeys commands. */
export interface Hand {
  /** A number or a name for messages. */
  readonly name: string;
  send(command: Command): void;
  /** Ends it at once. */
  end(): void;
}

/** Starts a hand; what it says, and that it has died, comes to the functions. */
export type Hire = (
  hear: (notice: Notice) => void,
  died: (reason: string) => void,
) => Promise<Hand>;

const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 5000;
const DEFAULT_GRACE = 10_000;

interface Place {
  hand: Hand | undefined;
  closed: PromiseWithResolvers<ShutdownReport>;
  pause: number;
}

/** The members of a server on one port. */
export class Crew {
  readonly #hire: Hire;
  readonly #target: DescribedTarget;
  readonly #hostname: string;
  readonly #options: CrewOptions;
  readonly #plain: PlainServerOptions;
  readonly #places: Place[] = [];
  #address: InetAddress | undefined;
  #closing = false;
  #shutdown: Promise<ShutdownReport> | undefined;
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();

  constructor(hire: Hire, target: DescribedTarget, hostname: string, options: CrewOptions) {
    this.#hire = hire;
    this.#target = target;
    this.#hostname = hostname;
    this.#options = options;
    this.#plain = pickOptions<PlainServerOptions>(options, PLAIN_RULES);
    const { tls } = options;
    if (tls) this.#plain.tls = pickOptions<typeof tls>(tls, TLS_SERVER_RULES);
  }

  /** Where all of them listen. */
  get address(): Address {
    return this.#address!;
  }

  /** How many are at work. */
  get size(): number {
    return this.#places.filter(({ hand }) => hand !== undefined).length;
  }

  /** Starts them all; if one cannot listen, none stays. */
  async start(count: number, port: number): Promise<void> {
    try {
      // The first alone: it is the one that learns the port.
      await this.#fill(this.#place(), port);
      const rest = Array.from({ length: count - 1 }, () => this.#place());
      await Promise.all(rest.map((place) => this.#fill(place, this.#address!.port)));
    } catch (error) {
      this.#end();
      throw error;
    }
  }

  shutdown(options: ShutdownOptions = {}): Promise<ShutdownReport> {
    return this.#shutdown ??= this.#bringToEnd(options);
  }

  #place(): Place {
    const place = {
      hand: undefined,
      closed: Promise.withResolvers<ShutdownReport>(),
      pause: FIRST_PAUSE,
    };
    this.#places.push(place);
    return place;
  }

  /** Hires for a place, and waits until it listens. */
  async #fill(place: Place, port: number): Promise<void> {
    const listening = Promise.withResolvers<Address>();
    // Both functions below may be called before there is a hand.
    // deno-lint-ignore prefer-const
    let hand: Hand | undefined;
    const hear = (notice: Notice) => {
      if (notice.kind === "listening") listening.resolve(notice.address);
      else if (notice.kind === "closed") place.closed.resolve(notice.report);
      else if (notice.kind === "error") this.#options.onError?.(remoteError(notice), hand!.name);
      else listening.reject(remoteError(notice));
    };
    const died = (reason: string) => {
      listening.reject(lost(reason));
      if (place.hand === undefined || place.hand !== hand) return;
      place.hand = undefined;
      // What it was busy with is gone; a shutdown must not wait for it.
      place.closed.resolve({ idle: 0, drained: 0, aborted: 0 });
      if (!this.#closing) this.#replace(place, reason, hand.name);
    };
    hand = await this.#hire(hear, died);
    hand.send({
      kind: "listen",
      target: this.#target,
      hostname: this.#hostname,
      port,
      options: this.#plain,
    });
    try {
      const address = await listening.promise;
      this.#address ??= address as InetAddress;
      place.hand = hand;
      if (this.#closing) throw lost("the server is shutting down");
    } catch (error) {
      hand.end();
      place.hand = undefined;
      throw error;
    }
  }

  #replace(place: Place, reason: string, name: string): void {
    this.#options.onDeath?.(reason, name);
    const timer = setTimeout(async () => {
      this.#timers.delete(timer);
      place.closed = Promise.withResolvers();
      try {
        await this.#fill(place, this.#address!.port);
        place.pause = FIRST_PAUSE;
      } catch (error) {
        if (!this.#closing) this.#replace(place, String(error), name);
      }
    }, place.pause);
    this.#timers.add(timer);
    place.pause = Math.min(place.pause * 2, LONGEST_PAUSE);
  }

  async #bringToEnd({ grace = DEFAULT_GRACE, signal }: ShutdownOptions): Promise<ShutdownReport> {
    this.#closing = true;
    for (const timer of this.#timers) clearTimeout(timer);
    const all = this.#places.filter(({ hand }) => hand !== undefined);
    for (const { hand } of all) hand!.send({ kind: "shutdown", grace });
    const cut = () => {
      for (const { hand } of all) hand?.send({ kind: "cut" });
    };
    if (signal?.aborted) cut();
    signal?.addEventListener("abort", cut, { once: true });
    // One that computes hears nothing: a second after the grace it is ended from outside.
    const late = new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Math.min(grace + 1000, 2 ** 31 - 1));
      this.#timers.add(timer);
    });
    const reports: ShutdownReport[] = [];
    const closed = all.map((place) => place.closed.promise.then((report) => reports.push(report)));
    await Promise.race([Promise.all(closed), late]);
    signal?.removeEventListener("abort", cut);
    this.#end();
    return reports.reduce((sum, each) => ({
      idle: sum.idle + each.idle,
      drained: sum.drained + each.drained,
      aborted: sum.aborted + each.aborted,
    }), { idle: 0, drained: 0, aborted: 0 });
  }

  #end(): void {
    this.#closing = true;
    for (const timer of this.#timers) clearTimeout(timer);
    for (const place of this.#places) {
      const { hand } = place;
      place.hand = undefined;
      hand?.end();
    }
  }
}

function lost(reason: string): NetError {
  return new NetError({ op: "keep a member of the server", reason });
}

function remoteError({ name, message }: { name: string; message: string }): Error {
  const op = "serve in another thread or process";
  if (name === "NotCapable") return new Deno.errors.NotCapable(`Cannot ${op}: ${message}`);
  return new NetError({ op, reason: `${name}: ${message}` });
}
