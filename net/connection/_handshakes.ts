/**
 * Handshakes that are under way, and which of them makes room for a new one.
 *
 * An honest peer is done in a few round trips. Who is not is slow, or silent on purpose; so the oldest handshake goes, of the
 * address that has the most. A crowd from one address pushes out its own, not a peer from another.
 */
import { type Address, ConnectionAbortedError } from "../errors.ts";

/** What a handshake is about: a connection, or what is to become one. */
export interface Guest {
  readonly localAddress: Address | undefined;
  readonly remoteAddress: Address | undefined;
  close(): void;
}

/** One handshake. */
export interface Handshake {
  connection: Guest;
  /** Why it was dropped, if it was. */
  dropped: Error | undefined;
}

export class Handshakes {
  readonly #max: number;
  /** By address, in the order in which they began. A Unix socket has no addresses: there all are one crowd. */
  readonly #crowds = new Map<string, Set<Handshake>>();
  #size = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** Notes a handshake that begins. If there are too many with it, another one is dropped. */
  begin(connection: Guest): Handshake {
    if (this.#size >= this.#max) {
      this.drop(1, `it was not done when more than ${this.#max} handshakes were under way`);
    }
    const handshake: Handshake = { connection, dropped: undefined };
    const from = origin(connection.remoteAddress);
    const crowd = this.#crowds.get(from);
    if (crowd) crowd.add(handshake);
    else this.#crowds.set(from, new Set([handshake]));
    this.#size++;
    return handshake;
  }

  /** Forgets a handshake that has ended. */
  end(handshake: Handshake): void {
    const from = origin(handshake.connection.remoteAddress);
    const crowd = this.#crowds.get(from);
    if (!crowd?.delete(handshake)) return;
    this.#size--;
    if (crowd.size === 0) this.#crowds.delete(from);
  }

  /** Drops some handshakes, those that are most likely in vain. */
  drop(count: number, why: string): void {
    for (; count > 0 && this.#size > 0; count--) {
      let most: Set<Handshake> | undefined;
      for (const crowd of this.#crowds.values()) {
        if (most === undefined || crowd.size > most.size) most = crowd;
      }
      const [oldest] = most!;
      const { localAddress: local, remoteAddress: peer } = oldest!.connection;
      const init = {
        op: "authenticate with",
        local,
        peer,
        reason: `the handshake was given up: ${why}`,
      };
      oldest!.dropped = new ConnectionAbortedError(init);
      this.end(oldest!);
      oldest!.connection.close();
    }
  }

  /** How many are under way. */
  get size(): number {
    return this.#size;
  }
}

function origin(address: Address | undefined): string {
  return address !== undefined && "hostname" in address ? address.hostname : "";
}
