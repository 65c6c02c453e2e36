import { Global } from "../../types/objects/global.ts";
import { PyException } from "../../types/objects/py_exception.ts";
import type { Registry } from "../registry.ts";

/** The exceptions of Python 3.13. */
const NAMES = `
ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError BrokenPipeError BufferError
BytesWarning ChildProcessError ConnectionAbortedError ConnectionError ConnectionRefusedError ConnectionResetError
DeprecationWarning EOFError EncodingWarning Exception ExceptionGroup FileExistsError FileNotFoundError FloatingPointError
FutureWarning GeneratorExit ImportError ImportWarning IndentationError IndexError InterruptedError IsADirectoryError KeyError
KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError NotADirectoryError NotImplementedError OSError
OverflowError PendingDeprecationWarning PermissionError ProcessLookupError PythonFinalizationError RecursionError
ReferenceError ResourceWarning RuntimeError RuntimeWarning StopAsyncIteration StopIteration SyntaxError SyntaxWarning
SystemError SystemExit TabError TimeoutError TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError
UnicodeTranslateError UnicodeWarning UserWarning ValueError Warning ZeroDivisionError`;

/** What JavaScript's own errors are in Python. */
const NATIVE: [new (...args: never[]) => Error, string][] = [
  [Error, "Exception"],
  [TypeError, "TypeError"],
  [RangeError, "ValueError"],
  [SyntaxError, "SyntaxError"],
  [ReferenceError, "NameError"],
  [URIError, "ValueError"],
];

/** Registers Python's exceptions, and the way JavaScript's errors are written. */
export function registerExceptions(registry: Registry): void {
  for (const name of NAMES.trim().split(/\s+/)) {
    registry.register("builtins", name, { load: (args) => new PyException(name, args) });
  }
  registry.register("builtins", "EnvironmentError", {
    load: (args) => new PyException("OSError", args),
  });
  registry.register("builtins", "IOError", { load: (args) => new PyException("OSError", args) });
  registry.registerWriter(PyException, "builtins", "Exception", (error) => ({
    callable: new Global(error.module, error.name),
    args: error.args,
    state: error.attributes,
  }), (error, state) => {
    error.attributes = state;
  });
  for (const [type, name] of NATIVE) {
    registry.registerWriter(type as new () => Error, "builtins", name, (error) => ({
      args: [error.message],
    }));
  }
}
