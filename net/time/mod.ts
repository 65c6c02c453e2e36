/**
 * Deadlines by the thousand on one timer, and the limits that are made of them.
 *
 * | you want | use |
 * |---|---|
 * | one call to give up | its own `{ timeout }` |
 * | every read or write of a connection to give up | `readTimeout`, `writeTimeout` in {@linkcode TimeLimits} |
 * | a connection on which nothing moves to end | `idleTimeout` |
 * | a peer that sends a message byte by byte to be thrown out | `minRate` |
 * | a deadline of your own | {@linkcode Deadline} |
 *
 * @module
 */

export * from "./deadlines.ts";
export { guard, type MinRate, type TimeLimits, type Watched } from "./time_limits.ts";
