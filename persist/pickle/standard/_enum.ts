import { Global } from "../../types/objects/global.ts";
import { PyEnum } from "../../types/objects/enum_member.ts";
import type { Registry } from "../registry.ts";

/** Registers how members of enums are written: as a call of their class, whether it is registered or not. */
export function registerEnums(registry: Registry): void {
  registry.registerWriter(PyEnum, "enum", "Enum", (member) => ({
    callable: new Global(member.module, member.className),
    args: [member.value],
  }));
}
