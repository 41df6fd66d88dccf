/**
 * Lists of calls of kernels: what one thread records, another runs.
 *
 * @module
 */
import { CACHE_LINE } from "../alignment.ts";
import {
  call,
  type Callable,
  type Expression,
  f32,
  f64,
  i32,
  type Local,
  type ModuleBuilder,
  type ValueType,
} from "../wasm/mod.ts";

/** The 32-bit integers of a call: the number of the kernel, and up to 31 arguments, all of them whole numbers. */
const CALL_WORDS = 32;

/** Returns the bytes of a list of this many calls; the number of calls is in front. */
export const listBytes = (calls: number): number => CACHE_LINE + 4 * CALL_WORDS * calls;

/**
 * Builds the exported function `run(list)`, which makes the calls of a list.
 *
 * @param kernels The kernels without results, by their numbers.
 */
export function buildCalls(m: ModuleBuilder, kernels: readonly Callable<"none">[]): Callable<"none"> {
  return m.function({ name: "run", parameters: { list: "i32" } }, (f, { list }) => {
    const at = f.let(i32.add(list, CACHE_LINE));
    f.for({ to: i32.load(list) }, () => {
      const number = f.let(i32.load(at));
      f.block((done) =>
        kernels.forEach((kernel, k) =>
          f.if(i32.eq(number, k), () => {
            f.do(call(kernel, ...kernel.parameters.map((type, i) => loaded(type, at, 4 + 4 * i))));
            f.branch(done);
          })
        )
      );
      f.increment(at, 4 * CALL_WORDS);
    });
  });
}

/** Loads an integer, as a number of a type. */
function loaded(type: Callable["parameters"][number], at: Local<"i32">, offset: number): Expression<ValueType> {
  const x = i32.load(at, offset);
  return type === "f32" ? f32.convert_i32_s(x) : type === "f64" ? f64.convert_i32_s(x) : x;
}

/** Writes calls to lists. */
export type Recorder = {
  /** Begins a list at an address; at `undefined`, calls are only counted. */
  readonly begin: (words: Int32Array, address: number | undefined) => void;
  /** Adds a call. */
  readonly add: (kernel: number, numbers: readonly number[]) => void;
  /** Ends the list, and returns the number of calls. */
  readonly end: () => number;
};

/** Makes a recorder. */
export function recorder(): Recorder {
  let words: Int32Array = new Int32Array(0), list: number | undefined, calls = 0;
  return {
    begin: (memory, address) => {
      words = memory;
      list = address;
      calls = 0;
    },
    add: (kernel, numbers) => {
      if (list !== undefined) {
        const at = (list + listBytes(calls)) / 4;
        words[at] = kernel;
        words.set(numbers, at + 1);
      }
      calls++;
    },
    end: () => {
      if (list !== undefined) words[list / 4] = calls;
      return calls;
    },
  };
}
