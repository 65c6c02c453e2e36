import { TimeoutError } from "../../errors.ts";
import { BaseProxy, type ProxyWaitOptions, type ProxyWaitSyncOptions } from "./base_proxy.ts";
import { isFalse } from "./lock.ts";
import { asIs, nothing } from "./replies.ts";

/** An event in a manager's server, Python's `Event`. */
export class EventProxy extends BaseProxy {
  /** The class of CPython's proxy for it. */
  protected override get proxyType(): string {
    return "EventProxy";
  }

  /** Sets it and wakes all who wait. */
  set(): Promise<void> {
    return this.invoke("set", [], nothing);
  }

  /** Sets it and wakes all who wait, blocking the thread. */
  setSync(): void {
    this.invokeSync("set", [], nothing);
  }

  /** Clears it. */
  clear(): Promise<void> {
    return this.invoke("clear", [], nothing);
  }

  /** Clears it, blocking the thread. */
  clearSync(): void {
    this.invokeSync("clear", [], nothing);
  }

  /** Whether it is set. */
  isSet(): Promise<boolean> {
    return this.invoke<boolean>("is_set", [], asIs);
  }

  /** Whether it is set, blocking the thread. */
  isSetSync(): boolean {
    return this.invokeSync<boolean>("is_set", [], asIs);
  }

  /**
   * Waits until it is set.
   *
   * @param options How long.
   * @throws {TimeoutError} If it was not set in time.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async wait(options: ProxyWaitOptions = {}): Promise<void> {
    if (await this.callWaiting("wait", [], options, isFalse) === true) return;
    throw new TimeoutError("wait for a managed Event", options.timeout ?? Infinity);
  }

  /**
   * Blocks the thread until it is set. See {@linkcode EventProxy.wait}.
   *
   * @throws {TimeoutError} If it was not set in time.
   */
  waitSync(options: ProxyWaitSyncOptions = {}): void {
    if (this.callWaitingSync("wait", [], options) === true) return;
    throw new TimeoutError("wait for a managed Event", options.timeout ?? Infinity);
  }
}
