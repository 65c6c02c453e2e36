/** Processes. */
import type { Contenders } from "../contenders.ts";
import type { Row } from "../measure.ts";
import { PostMessage } from "../post_message.ts";
import { start, startInSpare } from "../start.ts";

/** The rows. */
export const processRows = ({ cpython }: Contenders): Row[] => [
  {
    name: "process: start until first message",
    kind: "time",
    contenders: {
      "ferry": start,
      "ferry, prestarted": startInSpare,
      "CPython (fork)": cpython.measure("start", { method: "fork" }),
      "CPython (spawn)": cpython.measure("start", { method: "spawn" }),
      "node Worker": PostMessage.starting({ node: true }),
      "web Worker": PostMessage.starting({ node: false }),
    },
    most: 2,
  },
];
