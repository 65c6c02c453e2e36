/** All insertion modes: to import this file makes their rules known. */
import "./start_of_document.ts";
import "./head.ts";
import "./body/mod.ts";
import "./table/table.ts";
import "./table/parts.ts";
import "./template.ts";
import "./end_of_document.ts";
