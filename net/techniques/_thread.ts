/** What runs in each worker of a `WorkerServer`. */
import { Member } from "./_member.ts";
import type { Command, Notice } from "./_messages.ts";

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<Command>) => void) | null;
  postMessage(notice: Notice): void;
};
const member = new Member((notice) => scope.postMessage(notice));
scope.onmessage = ({ data }) => void member.obey(data);
