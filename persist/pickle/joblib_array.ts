import { PyObject } from "../types/objects/py_object.ts";

/** What joblib writes in the place of an array: what is needed to read its bytes, which follow the opcode that builds it. */
export class JoblibArray extends PyObject {}
