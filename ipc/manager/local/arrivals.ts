/**
 * Registers what an agent needs to read proxies and managers that it is sent.
 *
 * @module
 */
import "./classes.ts";
import "../manager.ts";
