// A headless Chromium to look at pages with: what they run, and what they ask for. It speaks the DevTools protocol, and
// reaches no network: the page is handed in, and every other request is written down and refused.

/** No step of the browser may take longer. */
const DEADLINE = 60_000;
/** A page that is not there by then is opened again: one that is left may go elsewhere at the same moment. */
const PATIENCE = 15_000;
/** How often a page is opened at most. */
const ATTEMPTS = 4;
/** Where the pages are thought to be. */
const ORIGIN = "https://page.test";
/** What our own scripts are called, to tell them from those of the page. */
const PROBE = "ferry-probe";

/** The Chromium that `FERRY_CHROMIUM` names, or one on the PATH; said on the console if there is none. */
export function findChromium(): string | undefined {
  for (const command of [Deno.env.get("FERRY_CHROMIUM"), "chromium", "chromium-browser"]) {
    if (command === undefined) continue;
    try {
      const { success } = new Deno.Command(command, {
        args: ["--version"],
        stdout: "null",
        stderr: "null",
      }).outputSync();
      if (success) return command;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  console.warn("skipped: no chromium (set FERRY_CHROMIUM)");
  return undefined;
}

/** What a page did. */
export interface Seen {
  /** Sources of the scripts that were compiled: elements, handlers, `javascript:` addresses, `eval`. */
  readonly scripts: string[];
  /** Addresses of others that were asked for. */
  readonly requests: string[];
}

interface Message {
  id?: number;
  method?: string;
  // deno-lint-ignore no-explicit-any
  params?: any;
  // deno-lint-ignore no-explicit-any
  result?: any;
  error?: { message: string };
}

/** One browser with one page. */
export class Chromium implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #socket: WebSocket;
  readonly #profile: string;
  readonly #drained: Promise<void>;
  readonly #answers = new Map<number, PromiseWithResolvers<Message>>();
  #session = "";
  #sent = 0;
  #pages = 0;
  #html = "";
  #seen: Seen = { scripts: [], requests: [] };
  #loaded: PromiseWithResolvers<boolean> = Promise.withResolvers();

  constructor(
    child: Deno.ChildProcess,
    socket: WebSocket,
    profile: string,
    drained: Promise<void>,
  ) {
    this.#child = child;
    this.#socket = socket;
    this.#profile = profile;
    this.#drained = drained;
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
    socket.onclose = () => {
      for (const { reject } of this.#answers.values()) reject(new TypeError("The browser is gone"));
    };
  }

  /** Starts a browser. */
  static async start(command: string): Promise<Chromium> {
    const profile = await Deno.makeTempDir({ prefix: "ferry-chromium-" });
    const child = new Deno.Command(command, {
      args: [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-extensions",
        "--disable-sync",
        "--no-first-run",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        "--remote-debugging-port=0",
        `--user-data-dir=${profile}`,
        "about:blank",
      ],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const lines = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
    let said = "";
    let address: string | undefined;
    while (address === undefined) {
      const { value, done } = await within(lines.read(), "the browser's start");
      if (done) throw new TypeError(`The browser did not start: ${said}`);
      said += value;
      address = /DevTools listening on (ws:\S+)\s/.exec(said)?.[1];
    }
    const drained = (async () => {
      while (!(await lines.read()).done);
    })();
    const socket = new WebSocket(address);
    await within(
      new Promise((resolve, reject) => {
        socket.onopen = resolve;
        socket.onerror = reject;
      }),
      "a connection to the browser",
    );
    const browser = new Chromium(child, socket, profile, drained);
    await browser.#openPage();
    return browser;
  }

  /**
   * Shows a page, fires the handlers in it, follows its odd links, and writes its own HTML into it once more.
   *
   * @param body What is in the body of the page.
   */
  async look(body: string): Promise<Seen> {
    // What the page before still does is not to be taken for what this one does.
    await this.#open("");
    const seen = this.#seen = { scripts: [], requests: [] };
    await this.#open(body);
    await this.#send("Runtime.evaluate", {
      expression: `(${probe})(${JSON.stringify(ORIGIN)})\n//# sourceURL=${PROBE}`,
      awaitPromise: true,
    });
    return seen;
  }

  /** Opens a page and waits until it is there. All are of one origin, so that they need no process of their own. */
  async #open(body: string): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      this.#html = `<!DOCTYPE html><link rel=icon href="data:,"><body>${body}`;
      const loaded = this.#loaded = Promise.withResolvers<boolean>();
      const url = `${ORIGIN}/${++this.#pages}`;
      const { errorText } = await this.#send("Page.navigate", { url });
      if (errorText !== undefined) continue;
      const timer = setTimeout(() => loaded.resolve(false), PATIENCE);
      const isThere = await loaded.promise;
      clearTimeout(timer);
      if (isThere) return;
    }
    throw new Deno.errors.TimedOut(`A page was opened ${ATTEMPTS} times and is not there`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#socket.addEventListener("close", resolve));
    this.#socket.send(JSON.stringify({ id: ++this.#sent, method: "Browser.close" }));
    await within(closed, "the end of the browser");
    await within(this.#child.status, "the end of the browser");
    await within(this.#drained, "the end of the browser");
    await Deno.remove(this.#profile, { recursive: true });
  }

  async #openPage(): Promise<void> {
    const { targetId } = await this.#send("Target.createTarget", { url: "about:blank" });
    const attached = await this.#send("Target.attachToTarget", { targetId, flatten: true });
    this.#session = attached.sessionId;
    await this.#send("Page.enable");
    await this.#send("Debugger.enable");
    await this.#send("Debugger.setSkipAllPauses", { skip: true });
    await this.#send("Fetch.enable", { patterns: [{ urlPattern: "*" }] });
  }

  // deno-lint-ignore no-explicit-any
  async #send(method: string, params: object = {}): Promise<any> {
    const id = ++this.#sent;
    const answer = Promise.withResolvers<Message>();
    this.#answers.set(id, answer);
    const session = this.#session === "" ? {} : { sessionId: this.#session };
    this.#socket.send(JSON.stringify({ id, method, params, ...session }));
    const { result, error } = await within(answer.promise, method);
    if (error !== undefined) throw new TypeError(`${method}: ${error.message}`);
    return result;
  }

  /** Sends what needs no answer; the page may be gone meanwhile. */
  #tell(method: string, params: object): void {
    const id = ++this.#sent;
    this.#socket.send(JSON.stringify({ id, method, params, sessionId: this.#session }));
  }

  #receive({ id, method, params, result, error }: Message): void {
    if (id !== undefined) {
      this.#answers.get(id)?.resolve({ result, ...error && { error } });
      this.#answers.delete(id);
      return;
    }
    switch (method) {
      case "Page.loadEventFired":
        return this.#loaded.resolve(true);
      case "Page.javascriptDialogOpening":
        this.#seen.scripts.push(`dialog: ${params.message}`);
        return this.#tell("Page.handleJavaScriptDialog", { accept: true });
      case "Debugger.scriptParsed":
        if (params.url !== PROBE) this.#seen.scripts.push(`script ${params.scriptId}`);
        return;
      case "Fetch.requestPaused":
        return this.#answer(params.requestId, params.request.url);
    }
  }

  #answer(requestId: string, url: string): void {
    if (url === `${ORIGIN}/${this.#pages}` && this.#html !== "") {
      const body = new TextEncoder().encode(this.#html).toBase64();
      this.#html = "";
      const responseHeaders = [{ name: "Content-Type", value: "text/html; charset=utf-8" }];
      this.#tell("Fetch.fulfillRequest", { requestId, responseCode: 200, responseHeaders, body });
      return;
    }
    if (!url.startsWith("data:") && !url.startsWith(`${ORIGIN}/`)) this.#seen.requests.push(url);
    this.#tell("Fetch.failRequest", { requestId, errorReason: "BlockedByClient" });
  }
}

/** Runs in the page. */
const probe = `async function (origin) {
  const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
  await settled();
  const fire = () => {
    for (const element of document.querySelectorAll("*")) {
      for (const { name } of [...element.attributes]) {
        if (name.startsWith("on")) element.dispatchEvent(new Event(name.slice(2)));
      }
      if (!["http:", "https:", "mailto:", "tel:", "ftp:", undefined, ":"].includes(element.protocol)) element.click();
    }
  };
  fire();
  await settled();
  // What is not the same when it is written and read again may do now what it did not before.
  document.body.innerHTML = document.body.innerHTML;
  fire();
  await settled();
}`;

async function within<T>(promise: Promise<T>, what: string): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Deno.errors.TimedOut(`Waited ${DEADLINE} ms for ${what}`)),
    DEADLINE,
  );
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
