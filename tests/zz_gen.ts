import { Loaded, compareWithLxml, type Job } from "./markup/xpath/compare.ts";
import { madeHtml, madeXml, realPaths } from "./markup/xpath/documents.ts";
import { Grammar } from "./markup/xpath/grammar.ts";
import { Random } from "./_support/random.ts";
const seed = Number(Deno.args[0] ?? 1), per = Number(Deno.args[1] ?? 40);
const random = new Random(seed);
const docs = [];
const paths = realPaths();
for (let i = 0; i < 30; i++) { const p = paths[random.below(paths.length)]!; try { docs.push(new Loaded({name:p,language:"xml",source:Deno.readFileSync(p)})); } catch (e) { console.log("skip", p, (e as Error).message); } }
for (let i = 0; i < 8; i++) docs.push(new Loaded(madeXml(random, 10 + random.below(120))));
for (let i = 0; i < 4; i++) docs.push(new Loaded(madeHtml(random, 20 + random.below(80))));
const jobs: Job[] = [];
docs.forEach((d, i) => { const g = new Grammar(random, d.words); for (let k = 0; k < per; k++) jobs.push({document:i,node:random.below(3)===0?-1:random.below(d.nodes.length),expression:g.expression()}); });
const t = performance.now();
const r = await compareWithLxml(docs, jobs);
console.log(paths.length, "paths", r.documents, "of", docs.length, "docs", r.compared, "compared", r.errors, "errors", r.differences.length, "differences", Math.round(performance.now()-t), "ms");
for (const d of r.differences.slice(0, Number(Deno.args[2] ?? 12))) console.log(d.document, d.node, d.expression, "\n  ours  ", JSON.stringify(d.ours).slice(0,300), "\n  theirs", JSON.stringify(d.theirs).slice(0,300));
