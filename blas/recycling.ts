/**
 * Large arrays that are used again, while somebody knows which of them nobody reads any more.
 *
 * Writing to a new array for the first time takes several times as long as writing to it again: the operating system
 * hands out its pages one by one. A backward pass owns the arrays that it makes, and gives back those that it no longer
 * needs. They are detached first, so that a reader who is left after all finds an array without elements, and never the
 * numbers of another one.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DataOf, type DType, DTYPES } from "./dtype.ts";
import { shared } from "./shared.ts";

/** Smaller arrays, in bytes, are not worth it. */
export const LEAST_BYTES: number = 65_536;

/** The most bytes, and the most arrays, that wait to be used again. */
export const MOST_WAITING: { readonly bytes: number; readonly arrays: number } = { bytes: 33_554_432, arrays: 32 };

/** Owns the large arrays that are made while it is asked to. */
export type ArrayOwner = {
  /** Takes a new array. */
  readonly own: (data: DataOf<DType>) => void;
  /** Lets go of an array, if it owns it: it stays for good. */
  readonly release: (data: object) => void;
};

type State = {
  /** The owner of arrays that are made now. */
  owner: ArrayOwner | undefined;
  /** The buffers that wait, the oldest first. */
  readonly waiting: ArrayBuffer[];
  /** Their bytes. */
  bytes: number;
};

/** Shared by all copies of the library: the rules of one may make and keep arrays during a backward pass of another. */
const state: State = /* @__PURE__ */ shared("recycling", () => ({ owner: undefined, waiting: [], bytes: 0 }));

/** Runs a function, during which large arrays belong to this owner; to nobody if it is `undefined`. */
export function withOwner<R>(owner: ArrayOwner | undefined, f: () => R): R {
  const before = state.owner;
  state.owner = owner;
  try {
    return f();
  } finally {
    state.owner = before;
  }
}

/** Tells whether large arrays that are made now have an owner. */
export const hasOwner = (): boolean => state.owner !== undefined;

/** Makes the owner of the arrays made now let go of one that will be read later. */
export const keepArray = (data: object): void => state.owner?.release(data);

/**
 * Makes an array for the owner, from a buffer that waits if there is one of this size.
 *
 * @param size The number of elements, of {@link LEAST_BYTES} or more.
 * @param cleared Whether its elements must be 0; otherwise all of them will be written before they are read.
 */
export function ownedData<D extends DType>(dtype: D, size: number, cleared: boolean): DataOf<D> {
  const { Data } = DTYPES[dtype], bytes = size * BYTES_PER_ELEMENT[dtype], buffer = takeWaiting(bytes);
  const data = buffer === undefined ? new Data(size) : new Data(buffer, 0, size);
  if (buffer !== undefined && cleared) data.fill(0);
  state.owner?.own(data);
  return data;
}

/** Takes the last of the waiting buffers that has this size. */
function takeWaiting(bytes: number): ArrayBuffer | undefined {
  const { waiting } = state, at = waiting.findLastIndex(({ byteLength }) => byteLength === bytes);
  if (at < 0) return undefined;
  state.bytes -= bytes;
  return waiting.splice(at, 1)[0];
}

/** Detaches an array that nobody reads any more; its memory waits to be used again, unless too much is waiting. */
export function recycle({ buffer }: DataOf<DType>): void {
  const { waiting } = state, { byteLength } = buffer;
  if (!(buffer instanceof ArrayBuffer) || byteLength > MOST_WAITING.bytes) return;
  while (waiting.length >= MOST_WAITING.arrays || state.bytes + byteLength > MOST_WAITING.bytes) {
    state.bytes -= waiting.shift()!.byteLength;
  }
  waiting.push(buffer.transfer());
  state.bytes += byteLength;
}

/** Tells whether this runtime can detach arrays. */
export const canRecycle = (): boolean => typeof ArrayBuffer.prototype.transfer === "function";
