/**
 * The PROXY protocol, versions 1 and 2, for servers behind a balancer: `startServer(handler, { proxyProtocol })`.
 *
 * @module
 */

export { isTrusted, proxyHeaderOf, type ProxyProtocolOptions } from "./accept.ts";
export * from "./header.ts";
