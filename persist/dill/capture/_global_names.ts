/** The names that every Deno program has: the language's, the web's and Deno's. Those of a browser's window are left out. */
export const GLOBAL_NAMES: ReadonlySet<string> = new Set(
  `
  Object Function Array Number parseFloat parseInt Infinity NaN undefined Boolean String Symbol Date Promise RegExp Error
  AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError SuppressedError globalThis JSON Math Intl
  Temporal ArrayBuffer SharedArrayBuffer Atomics Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array
  BigUint64Array BigInt64Array Uint8ClampedArray Float16Array Float32Array Float64Array DataView Map BigInt Set Iterator
  WeakMap WeakSet WeakRef FinalizationRegistry Proxy Reflect DisposableStack AsyncDisposableStack WebAssembly decodeURI
  decodeURIComponent encodeURI encodeURIComponent escape unescape eval isFinite isNaN console Deno queueMicrotask
  AbortController AbortSignal Blob BroadcastChannel ByteLengthQueuingStrategy CloseEvent CompressionStream
  CountQueuingStrategy CryptoKey CustomEvent DecompressionStream DOMException DOMMatrix DOMMatrixReadOnly DOMPoint
  DOMPointReadOnly DOMQuad DOMRect DOMRectReadOnly ErrorEvent Event EventTarget File FileReader FormData Headers ImageData
  ImageBitmap MessageEvent Performance PerformanceEntry PerformanceMark PerformanceMeasure PerformanceObserver
  PerformanceObserverEntryList PromiseRejectionEvent ProgressEvent QuotaExceededError ReadableStream
  ReadableStreamDefaultReader Request Response TextDecoder TextEncoder TextDecoderStream TextEncoderStream TransformStream URL
  URLPattern URLSearchParams WebSocket MessageChannel MessagePort Worker WritableStream WritableStreamDefaultWriter
  WritableStreamDefaultController ReadableByteStreamController ReadableStreamBYOBReader ReadableStreamBYOBRequest
  ReadableStreamDefaultController TransformStreamDefaultController atob btoa createImageBitmap clearInterval clearTimeout
  caches CacheStorage Cache crypto Crypto SubtleCrypto fetch EventSource performance process setImmediate clearImmediate Buffer
  global reportError setInterval setTimeout structuredClone Lock LockManager Location location Navigator navigator self alert
  confirm prompt localStorage sessionStorage Storage
  `.trim().split(/\s+/),
);
