import { DEFAULT_SCHEMES, type HtmlCleanOptions, REFUSED_SCHEMES } from "./options.ts";

/** A host that no document is from, to find out whether an address is relative. */
const NOWHERE = "relative.invalid";

/** Attributes that are followed when somebody clicks; all other addresses are loaded at once. */
const FOLLOWED = new Set(["href", "cite"]);

/** Decides on addresses. */
export class AddressRules {
  readonly #schemes: Set<string>;
  readonly #hosts: readonly string[] | undefined;

  constructor(options: HtmlCleanOptions) {
    this.#schemes = new Set(
      [...options.schemes ?? DEFAULT_SCHEMES].map((name) => name.toLowerCase()),
    );
    this.#hosts = options.hosts === undefined
      ? undefined
      : [...options.hosts].map((host) => host.toLowerCase());
  }

  /**
   * Whether an address may stay.
   *
   * @param address The address, as it is written.
   * @param attribute The attribute that holds it.
   */
  allows(address: string, attribute: string): boolean {
    // As browsers read it: control characters at the ends, tabs and line ends inside do not count.
    const url = URL.parse(address, `https://${NOWHERE}/`);
    if (url === null) return false;
    const scheme = url.protocol.slice(0, -1);
    if (url.hostname === NOWHERE && scheme === "https") return true;
    if (REFUSED_SCHEMES.has(scheme) || !this.#schemes.has(scheme)) return false;
    if (this.#hosts === undefined || FOLLOWED.has(attribute)) return true;
    return this.#hosts.some((host) => url.hostname === host || url.hostname.endsWith(`.${host}`));
  }
}
