import { BaseProxy, type ProxyWaitOptions, type ProxyWaitSyncOptions } from "./base_proxy.ts";
import { asIs, nothing } from "./replies.ts";

/** A barrier in a manager's server, Python's `Barrier`. */
export class BarrierProxy extends BaseProxy {
  /** The class of CPython's proxy for it. */
  protected override get proxyType(): string {
    return "BarrierProxy";
  }

  /**
   * Waits for the other parties.
   *
   * @param options How long; when that is over the barrier is broken.
   * @returns A number from 0 on, another one for each party.
   * @throws {BrokenBarrierError} If it is or was broken.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async wait(options: ProxyWaitOptions = {}): Promise<number> {
    if (options.signal !== undefined && !this.transport.cancels) {
      throw new Deno.errors.NotSupported(
        "Cannot wait for a barrier of CPython with a signal: needed a timeout, or abort()",
      );
    }
    return await this.callWaiting("wait", [], options, () => false) as number;
  }

  /**
   * Waits for the other parties, blocking the thread. See {@linkcode BarrierProxy.wait}.
   *
   * @throws {BrokenBarrierError} If it is or was broken.
   */
  waitSync(options: ProxyWaitSyncOptions = {}): number {
    return this.callWaitingSync("wait", [], options) as number;
  }

  /** Breaks it: all who wait are told. */
  abort(): Promise<void> {
    return this.invoke("abort", [], nothing);
  }

  /** Breaks it, blocking the thread. See {@linkcode BarrierProxy.abort}. */
  abortSync(): void {
    this.invokeSync("abort", [], nothing);
  }

  /** Makes it whole again; those who wait are told that it was broken. */
  reset(): Promise<void> {
    return this.invoke("reset", [], nothing);
  }

  /** Makes it whole again, blocking the thread. See {@linkcode BarrierProxy.reset}. */
  resetSync(): void {
    this.invokeSync("reset", [], nothing);
  }

  /** How many parties it waits for. */
  parties(): Promise<number> {
    return this.invoke<number>("__getattribute__", ["parties"], asIs);
  }

  /** How many parties it waits for, blocking the thread. */
  partiesSync(): number {
    return this.invokeSync<number>("__getattribute__", ["parties"], asIs);
  }

  /** How many wait. */
  waiting(): Promise<number> {
    return this.invoke<number>("__getattribute__", ["n_waiting"], asIs);
  }

  /** How many wait, blocking the thread. */
  waitingSync(): number {
    return this.invokeSync<number>("__getattribute__", ["n_waiting"], asIs);
  }

  /** Whether it is broken. */
  broken(): Promise<boolean> {
    return this.invoke<boolean>("__getattribute__", ["broken"], asIs);
  }

  /** Whether it is broken, blocking the thread. */
  brokenSync(): boolean {
    return this.invokeSync<boolean>("__getattribute__", ["broken"], asIs);
  }
}
