/**
 * What holding a lock looks like.
 *
 * @module
 */

/** A lock that is held: dispose of it to release. */
export interface Guard extends Disposable {
  /**
   * Whether the former owner died holding the lock, so that what it protects may be half-changed. The lock itself is
   * sound and held by you.
   */
  readonly abandoned: boolean;
  /** Releases the lock, as leaving the scope of a `using` declaration does. */
  release(): void;
}
