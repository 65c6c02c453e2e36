/** Each row of docs/permissions.md: a program that needs what the row says, and what becomes of it without one of the flags. */
import { fileURLToPath } from "node:url";

export const ROOT: string = fileURLToPath(new URL("../../../", import.meta.url));

/** What the programs work with. */
export interface Place {
  /** A folder with `handler.js`, `data.json` and `page.xml`. */
  readonly folder: string;
  /** The address of a Redis server, where there is one. */
  readonly redis: string | undefined;
  /** The address of a KV Connect server. */
  readonly kv: string;
  /** The path of a shelf that Python made, where there is a Python. */
  readonly shelf: string | undefined;
}

/** One row. */
export interface Row {
  /** The first column. */
  readonly use: string;
  /** Each flag, and what the program says without it: the name of the error and its message. */
  readonly flags: (place: Place) => Readonly<Record<string, RegExp>>;
  /** What it is given in the place of a missing flag. */
  readonly instead?: (place: Place) => string[];
  /** Imports of the program. */
  readonly imports: string;
  /** The rest of it; undefined where what it needs is not here. */
  readonly program: (place: Place) => string | undefined;
}

const NET = "--allow-net=127.0.0.1";
const NO_NET = /^NotCapable: .*--allow-net/;
const PACKAGE = `--allow-read=${ROOT}`;
const NO_PACKAGE = /^NotCapable: .*needs? to read ".*"; run again with --allow-read/;
const FFI = { "--allow-ffi": /^NotCapable: .*--allow-ffi/ };
const none = (): Record<string, RegExp> => ({});
const same = (text: string) => (): string => text;

/** Asks a server for what its handler says. */
const ASK = `await using client = await openConnection(server.address);
  const said = new TextDecoder().decode(await client.reader.readAll({ timeout: 60_000 }));
  if (said !== "hello") throw new TypeError("it said " + said);`;

const SERVERS = `import { openConnection } from "@ferry/std/net";
import * as techniques from "@ferry/std/net/techniques";`;

const url = (folder: string, name: string): string => JSON.stringify(`file://${folder}/${name}`);

const shelf = (target: string): string => `
  await using shelf = await open(${JSON.stringify(target)});
  await shelf.set("a", 1);
  if (await shelf.get("a") !== 1) throw new TypeError("lost");
  await shelf.clear();`;
const OPEN = 'import { open } from "@ferry/std/persist/shelve";';

/** All rows but that of the package from JSR, which `deno task test:registry` runs. */
export const ROWS: readonly Row[] = [
  {
    use: "shared objects, pipes and queues of `ipc`",
    flags: none,
    imports: 'import * as ipc from "@ferry/std/ipc";',
    program: same(`
      const queue = new ipc.Queue(), [a, b] = new ipc.Pipe(), lock = new ipc.Lock();
      using _held = await lock.acquire();
      queue.putSync(new ipc.SharedArray("int32", [1]));
      a.sendSync((await queue.get()).get(0));
      if (await b.recv() !== 1) throw new TypeError("lost");`),
  },
  {
    use: "`Process`, package on disk",
    flags: ({ folder }) => ({ [PACKAGE]: NO_PACKAGE, [`--allow-read=${folder}`]: NO_PACKAGE }),
    imports: 'import { Process } from "@ferry/std/ipc";',
    program: ({ folder }) => `
      const target = { module: ${url(folder, "handler.js")}, export: "square" };
      await using process = new Process(target, { args: [3] });
      process.start();
      if (await process.result({ timeout: 60_000 }) !== 9) throw new TypeError("not 9");`,
  },
  {
    use: "`serveWorkers`, `serveWorkerPerConnection`",
    flags: ({ folder }) => ({
      [NET]: NO_NET,
      [PACKAGE]: NO_PACKAGE,
      [`--allow-read=${folder}`]: NO_PACKAGE,
    }),
    imports: SERVERS,
    program: ({ folder }) => `
      const target = { module: ${url(folder, "handler.js")} };
      const options = { serveWorkers: { workers: 1 }, serveWorkerPerConnection: { spare: 1 } };
      for (const [name, own] of Object.entries(options)) {
        await using server = await techniques[name](target, { port: 0, ...own });
        ${ASK}
      }`,
  },
  {
    use: "`servePrefork`",
    flags: () => ({
      [NET]: NO_NET,
      [`--allow-run=${Deno.execPath()}`]: /^NotCapable: Requires run access .*--allow-run/,
    }),
    imports: SERVERS,
    program: ({ folder }) => `
      const target = { module: ${url(folder, "handler.js")} };
      await using server = await techniques.servePrefork(target, { port: 0, processes: 1 });
      ${ASK}`,
  },
  {
    use: "`ManagerServer`, `Manager.connect` of `ipc/manager`",
    flags: () => ({ [NET]: NO_NET }),
    imports: 'import { Manager, ManagerServer } from "@ferry/std/ipc/manager";',
    program: same(`
      const authKey = "secret";
      await using server = new ManagerServer({ port: 0 }, { authKey });
      await using manager = await Manager.connect(server.address, { authKey });
      const list = await manager.list([1]);
      if (await list.pop() !== 1) throw new TypeError("lost");`),
  },
  {
    use: "`Manager.start`",
    flags: () => ({ [NET]: NO_NET, [PACKAGE]: NO_PACKAGE }),
    imports: 'import { Manager } from "@ferry/std/ipc/manager";',
    program: same(`
      await using manager = await Manager.start();
      const list = await manager.list([1]);
      if (await list.pop() !== 1) throw new TypeError("lost");`),
  },
  {
    use: "`Manager.start({ address: null })`",
    flags: () => ({ [PACKAGE]: NO_PACKAGE }),
    imports: 'import { Manager } from "@ferry/std/ipc/manager";',
    program: same(`
      await using manager = await Manager.start({ address: null });
      const list = await manager.list([1]);
      if (await list.pop() !== 1) throw new TypeError("lost");`),
  },
  {
    use: "`ipc/manager` on Redis",
    flags: ({ redis }) => ({ [`--allow-net=${new URL(redis!).host}`]: NO_NET }),
    imports: 'import { Manager } from "@ferry/std/ipc/manager";',
    program: ({ redis }) =>
      redis && `
      await using manager = await Manager.connect(${JSON.stringify(redis)});
      const list = await manager.list([1]);
      if (await list.pop() !== 1) throw new TypeError("lost");`,
  },
  {
    use: "`ipc/shared-memory`",
    flags: () => FFI,
    imports: 'import { ShareableList, SharedMemory } from "@ferry/std/ipc/shared-memory";',
    program: same(`
      using memory = SharedMemory.create({ size: 8 });
      using again = SharedMemory.open(memory.name);
      memory.bytes[0] = 7;
      if (again.bytes[0] !== 7) throw new TypeError("not the same memory");
      memory.unlink();
      using list = ShareableList.create([1, "a"]);
      list.sharedMemory.unlink();`),
  },
  {
    use: "objects of `ipc` with `{ name }`",
    flags: () => FFI,
    imports: 'import { Queue } from "@ferry/std/ipc";\nimport "@ferry/std/ipc/shared-memory";',
    program: ({ folder }) => `
      using queue = new Queue({ name: ${JSON.stringify(folder.replaceAll("/", "-").slice(-30))} });
      queue.putSync(1);
      if (queue.getSync({ timeout: 60_000 }) !== 1) throw new TypeError("lost");`,
  },
  {
    use: "`net` on TCP and UDP, with or without TLS",
    flags: () => ({ [NET]: NO_NET }),
    imports: 'import { openConnection, startServer, UdpSocket } from "@ferry/std/net";',
    program: same(`
      await using server = await startServer(({ writer }) => writer.write("hello"), { port: 0 });
      ${ASK}
      using socket = await UdpSocket.bind({ hostname: "127.0.0.1", port: 0 });`),
  },
  {
    use: "`net` on Unix sockets",
    flags: ({ folder }) => ({
      "--allow-net": NO_NET,
      [`--allow-read=${folder}`]: /^NotCapable: .*--allow-read/,
      [`--allow-write=${folder}`]: /^NotCapable: .*--allow-write/,
    }),
    imports: 'import { openConnection, startServer } from "@ferry/std/net";',
    program: ({ folder }) => `
      const path = ${JSON.stringify(`${folder}/socket`)};
      await using server = await startServer(({ writer }) => writer.write("hello"), { path });
      ${ASK}`,
  },
  {
    use: "`persist/pickle`, `persist/marshal` on bytes",
    flags: none,
    imports:
      'import * as pickle from "@ferry/std/persist/pickle";\nimport * as marshal from "@ferry/std/persist/marshal";',
    program: same(`
      for (const { dumps, loads } of [pickle, marshal]) {
        if (loads(dumps([1, "a"]))[1] !== "a") throw new TypeError("lost");
      }`),
  },
  {
    use: "`Pool`",
    flags: () => ({ [PACKAGE]: NO_PACKAGE }),
    imports: 'import { Pool } from "@ferry/std/ipc";',
    program: same(`
      await using pool = new Pool({ processes: 1 });
      const squares = await pool.map((n) => n * n, [1, 2]);
      if (String(squares) !== "1,4") throw new TypeError(String(squares));`),
  },
  {
    use: "`Process` with `{ capture: true }`",
    flags: () => ({ [PACKAGE]: NO_PACKAGE, "--allow-sys": /^CaptureError: .*--allow-sys/ }),
    imports: 'import { Process } from "@ferry/std/ipc";',
    program: same(`
      const factor = 3;
      await using process = new Process((n) => n * factor, { args: [3], capture: true });
      process.start();
      if (await process.result({ timeout: 60_000 }) !== 9) throw new TypeError("not 9");`),
  },
  {
    use: "`persist/dill`: closures into bytes",
    flags: () => ({ "--allow-sys": /^CaptureError: .*--allow-sys/ }),
    imports: 'import { dumps } from "@ferry/std/persist/dill";',
    program: same(`
      const factor = 3;
      await dumps({ data: new Map([[1, 2]]) });
      await dumps((n) => n * factor, { capture: { factor } });
      await dumps((n) => n * factor);`),
  },
  {
    use: "`persist/dill`: bytes into closures",
    flags: none,
    imports: 'import { dumps, loads } from "@ferry/std/persist/dill";',
    program: same(`
      const factor = 3;
      const bytes = await dumps((n) => n * factor, { capture: { factor } });
      const triple = await loads(bytes, { trust: true });
      if (triple(3) !== 9) throw new TypeError("not 9");
      const needy = await loads(await dumps(() => Deno.hostname(), { capture: {} }), { trust: true });
      try {
        needy();
        throw new TypeError("it needed nothing");
      } catch (error) {
        if (!(error instanceof Deno.errors.NotCapable)) throw error;
      }`),
  },
  {
    use: "`persist/shelve` in a file",
    flags: ({ folder }) => ({
      [`--allow-read=${folder}`]: /^NotCapable: .*--allow-read/,
      [`--allow-write=${folder}`]: /^NotCapable: .*--allow-write/,
    }),
    imports: OPEN,
    program: ({ folder }) => shelf(`${folder}/shelf`),
  },
  {
    use: "`reorganize()` of a shelf that Python made",
    flags: () => ({ "--allow-all": /^NotCapable: .*--allow-all/ }),
    instead: ({ folder }) => [`--allow-read=${folder}`, `--allow-write=${folder}`],
    imports: OPEN,
    program: ({ shelf }) =>
      shelf && `
      await using shelf = await open(${JSON.stringify(shelf)}, { flag: "w" });
      await shelf.reorganize();`,
  },
  {
    use: "`persist/shelve` on Redis",
    flags: ({ redis }) => ({ [`--allow-net=${new URL(redis!).host}`]: NO_NET }),
    imports: OPEN,
    program: ({ redis }) => redis && shelf(redis),
  },
  {
    use: "`persist/shelve` on KV Connect",
    flags: ({ kv }) => ({
      [`--allow-net=${new URL(kv).host}`]: NO_NET,
      "--allow-env=DENO_KV_ACCESS_TOKEN": /^NotCapable: .*DENO_KV_ACCESS_TOKEN.*--allow-env/,
    }),
    imports: OPEN,
    program: ({ kv }) => shelf(kv),
  },
  {
    use: "`formats` on text and bytes",
    flags: none,
    imports:
      'import { csv, json, msgpack, toml, yaml } from "@ferry/std/formats";\nimport * as json5 from "@ferry/std/formats/json5";',
    program: same(`
      for (const { parse, stringify } of [json, json5, toml, yaml]) {
        if (parse(stringify({ a: [1] })).a[0] !== 1) throw new TypeError("lost");
      }
      if (csv.parse("a,b\\n")[0][1] !== "b") throw new TypeError("lost");
      if (msgpack.decode(msgpack.encode([1]))[0] !== 1) throw new TypeError("lost");`),
  },
  {
    use: "`formats.read`",
    flags: ({ folder }) => ({ [`--allow-read=${folder}`]: /^NotCapable: .*--allow-read/ }),
    imports: 'import { read } from "@ferry/std/formats";',
    program: ({ folder }) => `
      const { a } = await read(${JSON.stringify(`${folder}/data.json`)});
      if (a !== 1) throw new TypeError("lost");`,
  },
  {
    use: "`formats.write`",
    flags: ({ folder }) => ({
      [`--allow-read=${folder}`]: /^NotCapable: .*--allow-read/,
      [`--allow-write=${folder}`]: /^NotCapable: .*--allow-write/,
    }),
    imports: 'import { write } from "@ferry/std/formats";',
    program: ({ folder }) => `await write(${JSON.stringify(`${folder}/new.json`)}, { a: 1 });`,
  },
  {
    use: "`markup` on text, bytes and streams",
    flags: none,
    imports: 'import { css, html, xml, xpath } from "@ferry/std/markup";',
    program: same(`
      if (xpath(xml.parse("<a b='c'/>"), "string(@b)") !== "c") throw new TypeError("lost");
      const page = html.parse("<p>hello<img src=x>");
      if (css.selectOne(page, "p").text !== "hello") throw new TypeError("lost");
      for await (const _ of xml.iterparse(new Blob(["<a><b/></a>"]).stream())) { /* read it */ }`),
  },
  {
    use: "`xml.parseFile`, URLs of files",
    flags: ({ folder }) => ({ [`--allow-read=${folder}`]: /^NotCapable: .*--allow-read/ }),
    imports: 'import { xml } from "@ferry/std/markup";',
    program: ({ folder }) => `
      const page = await xml.parseFile(${JSON.stringify(`${folder}/page.xml`)});
      const again = await xml.parseFile(new URL(${url(folder, "page.xml")}));
      if (page.tag !== again.tag) throw new TypeError("not the same");`,
  },
  {
    use: "`markup/validate`",
    flags: none,
    imports: 'import { XmlSchema } from "@ferry/std/markup/validate";',
    program: same(`
      const grammar = '<element name="a" xmlns="http://relaxng.org/ns/structure/1.0"><empty/></element>';
      using schema = await XmlSchema.load("relaxng", grammar);
      if (schema.check("<b/>").length === 0) throw new TypeError("b is no a");`),
  },
  {
    use: "`markup/xslt`",
    flags: () => ({ "--allow-read": /^NotCapable: .*--allow-read/ }),
    imports: 'import { Xslt } from "@ferry/std/markup/xslt";',
    program: same(`
      using sheet = new Xslt(
        '<r xsl:version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:value-of select="/a"/></r>',
      );
      if ((await sheet.transform("<a>x</a>")).parse().text !== "x") throw new TypeError("lost");`),
  },
];
