/** How much larger the process is once a document is a tree: `xml_memory.ts <file>`, the bytes on the output. */
import { parse } from "@ferry/std/markup/xml";

// The code is made before, as it is in lxml.
parse("<a b='c'>d<!--e--><?f g?></a>");
const bytes = Deno.readFileSync(Deno.args[0]!);
const before = Deno.memoryUsage().rss;
const root = parse(bytes);
console.log(Deno.memoryUsage().rss - before, root.tag.length);
