/** The module that an agent needs to read proxies and managers: `arrivals.ts`. A process imports it before its arguments. */
export const ARRIVALS: string = new URL("./arrivals.ts", import.meta.url).href;
