import type { DoctypeToken } from "../scan/doctype.ts";

/** Starts of public identifiers that mean quirks mode. */
const QUIRKS = [
  "+//silmaril//dtd html pro v0r11 19970101//",
  "-//as//dtd html 3.0 aswedit + extensions//",
  "-//advasoft ltd//dtd html 3.0 aswedit + extensions//",
  ...["2.0 level 1", "2.0 level 2", "2.0 strict level 1", "2.0 strict level 2", "2.0 strict", "2.0"]
    .map((version) => `-//ietf//dtd html ${version}//`),
  ...["2.1e", "3.0", "3.2 final", "3.2", "3", "level 0", "level 1", "level 2", "level 3"]
    .map((version) => `-//ietf//dtd html ${version}//`),
  ...["strict level 0", "strict level 1", "strict level 2", "strict level 3", "strict"]
    .map((version) => `-//ietf//dtd html ${version}//`),
  "-//ietf//dtd html//",
  "-//metrius//dtd metrius presentational//",
  ...["2.0 html strict", "2.0 html", "2.0 tables", "3.0 html strict", "3.0 html", "3.0 tables"]
    .map((version) => `-//microsoft//dtd internet explorer ${version}//`),
  "-//netscape comm. corp.//dtd html//",
  "-//netscape comm. corp.//dtd strict html//",
  "-//o'reilly and associates//dtd html 2.0//",
  "-//o'reilly and associates//dtd html extended 1.0//",
  "-//o'reilly and associates//dtd html extended relaxed 1.0//",
  "-//sq//dtd html 2.0 hotmetal + extensions//",
  "-//softquad software//dtd hotmetal pro 6.0::19990601::extensions to html 4.0//",
  "-//softquad//dtd hotmetal pro 4.0::19971010::extensions to html 4.0//",
  "-//spyglass//dtd html 2.0 extended//",
  "-//sun microsystems corp.//dtd hotjava html//",
  "-//sun microsystems corp.//dtd hotjava strict html//",
  ...["3 1995-03-24", "3.2 draft", "3.2 final", "3.2", "3.2s draft", "4.0 frameset"]
    .map((version) => `-//w3c//dtd html ${version}//`),
  "-//w3c//dtd html 4.0 transitional//",
  "-//w3c//dtd html experimental 19960712//",
  "-//w3c//dtd html experimental 970421//",
  "-//w3c//dtd w3 html//",
  "-//w3o//dtd w3 html 3.0//",
  "-//webtechs//dtd mozilla html 2.0//",
  "-//webtechs//dtd mozilla html//",
];
const QUIRKS_EXACT = [
  "-//w3o//dtd w3 html strict 3.0//en//",
  "-/w3c/dtd html 4.0 transitional/en",
  "html",
];
const HTML_401 = ["-//w3c//dtd html 4.01 frameset//", "-//w3c//dtd html 4.01 transitional//"];
const LIMITED = ["-//w3c//dtd xhtml 1.0 frameset//", "-//w3c//dtd xhtml 1.0 transitional//"];

/** The mode that a document type declaration decides for. */
export function quirksOf(token: DoctypeToken): "no-quirks" | "quirks" | "limited-quirks" {
  const publicId = token.publicId?.toLowerCase();
  const systemId = token.systemId?.toLowerCase();
  const startsLike = (list: readonly string[]) =>
    publicId !== undefined && list.some((start) => publicId.startsWith(start));
  if (
    token.forceQuirks || token.name !== "html" ||
    (publicId !== undefined && QUIRKS_EXACT.includes(publicId)) ||
    systemId === "http://www.ibm.com/data/dtd/v11/ibmxhtml1-transitional.dtd" ||
    startsLike(QUIRKS) || (systemId === undefined && startsLike(HTML_401))
  ) return "quirks";
  if (startsLike(LIMITED) || startsLike(HTML_401)) return "limited-quirks";
  return "no-quirks";
}
