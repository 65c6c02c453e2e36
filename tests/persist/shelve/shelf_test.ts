import { FILES } from "./_places.ts";
import { testShelf } from "./_contract.ts";

for (const kind of FILES) testShelf(kind);
