import { DEFAULT_SCHEMES, type HtmlCleanOptions, REFUSED_SCHEMES } from "./options.ts";

/** Attributes that are followed when somebody clicks; all other addresses are loaded at once. */
const FOLLOWED = new Set(["href", "cite"]);

/** A name of a host as addresses have it; a pattern or an address would allow nothing, and nobody would know why. */
function hostName(host: string): string {
  if (/^(\[[^\]]*\]|[^\s/:*@?#.][^\s/:*@?#]*)$/.test(host)) return host.toLowerCase();
  throw new TypeError(
    `Cannot clean HTML: hosts must be names such as "example.com", received ${
      JSON.stringify(host)
    }`,
  );
}

/** Decides on addresses. */
export class AddressRules {
  /**
   * Where documents could be from. What is relative leads to another host from each; and their schemes differ, because
   * `https:b` is relative in a document that came by https, and leads to the host `b` from any other.
   */
  readonly #bases: readonly URL[] = [new URL("https://a.invalid/"), new URL("http://b.invalid/")];
  readonly #schemes: Set<string>;
  readonly #hosts: readonly string[] | undefined;

  constructor(options: HtmlCleanOptions) {
    this.#schemes = new Set(
      [...options.schemes ?? DEFAULT_SCHEMES].map((name) => name.toLowerCase().replace(/:$/, "")),
    );
    this.#hosts = options.hosts === undefined ? undefined : Array.from(options.hosts, hostName);
  }

  /**
   * Whether an address may stay.
   *
   * @param address The address, as it is written.
   * @param attribute The attribute that holds it.
   */
  allows(address: string, attribute: string): boolean {
    // As browsers read it: control characters at the ends, tabs and line ends inside do not count.
    const urls: URL[] = [];
    for (const base of this.#bases) {
      const url = URL.parse(address, base);
      if (url === null) return false;
      urls.push(url);
    }
    const beyond = urls.filter(({ origin }, index) => origin !== this.#bases[index]!.origin);
    if (beyond.length === 0) return true;
    const schemes = beyond.map(({ protocol }) => protocol.slice(0, -1));
    if (schemes.some((scheme) => REFUSED_SCHEMES.has(scheme))) return false;
    // They differ for `//host` alone, which has the scheme of the document: one that may stay is enough.
    if (!schemes.some((scheme) => this.#schemes.has(scheme))) return false;
    const hosts = this.#hosts;
    if (hosts === undefined || FOLLOWED.has(attribute)) return true;
    return beyond.every(({ hostname }) =>
      hosts.some((host) => hostname === host || hostname.endsWith(`.${host}`))
    );
  }
}
