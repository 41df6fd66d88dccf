/**
 * Draws random numbers from keys into typed arrays; random tensors are made of them.
 *
 * The numbers are JAX's for the same key, size and dtype. Draws by different functions from one key are not
 * independent: draw only once from a key.
 *
 * @module
 */
import { type DataOf, type DType, DTYPES } from "../../blas/dtype.ts";
import { erfInverse } from "../../blas/scalar/special_functions.ts";
import { resolveDType } from "../values/dtype_option.ts";
import { checkKey, foldIn, type Key } from "./key.ts";
import { randomWordPairs, randomWords } from "./threefry.ts";

/**
 * Draws from the uniform distribution on `[min, max)`.
 *
 * There are 2^23 equally likely values in float32 and 2^52 in float64, spaced evenly from `min`. Where `max - min` is
 * small compared with `max`, the largest of them round to `max` itself, as in JAX and NumPy; on `[0, 1)` none does.
 *
 * @param key The key to use up.
 * @param size How many numbers.
 * @param dtype The element type.
 * @param min The lower bound, included.
 * @param max The upper bound.
 * @returns `[size]` numbers.
 * @throws {RangeError} If `min` exceeds `max`, one of them or their distance is not finite in the dtype, or `size` is
 * no whole number of 0 or more.
 * @throws {DTypeError} If `dtype` is not a dtype.
 * @throws {TypeError} If `key` is not a key.
 */
export function uniformValues<D extends DType>(
  key: Key,
  size: number,
  dtype: D,
  min: number,
  max: number,
): DataOf<D> {
  const action = "draw uniform values";
  checkDraw("randomUniform", action, key, size, dtype);
  const low = roundTo(dtype, min), range = roundTo(dtype, roundTo(dtype, max) - low);
  if (!(min <= max && Number.isFinite(low) && Number.isFinite(range))) {
    throw new RangeError(
      `Cannot ${action} from min ${min} to max ${max}: both and their distance must be finite in ${dtype}, ` +
        "and max must not be less than min; correct them",
    );
  }
  return UNIFORM[dtype](key, size, low, range) as DataOf<D>; // the table's row for D
}

/**
 * Draws from the normal distribution.
 *
 * float32 uses JAX's polynomial for the inverse error function and agrees to the last bit in every case known. float64
 * uses a more exact one, which differs from JAX's by a few units in the last place.
 *
 * @param key The key to use up.
 * @param size How many numbers.
 * @param dtype The element type.
 * @param mean The mean.
 * @param std The standard deviation.
 * @returns `[size]` numbers.
 * @throws {RangeError} If `std` is negative, `mean` or `std` is not finite in the dtype, or `size` is not a whole
 * number of 0 or more.
 * @throws {DTypeError} If `dtype` is not a dtype.
 * @throws {TypeError} If `key` is not a key.
 */
export function normalValues<D extends DType>(
  key: Key,
  size: number,
  dtype: D,
  mean: number,
  std: number,
): DataOf<D> {
  const action = "draw normal values";
  checkDraw("randomNormal", action, key, size, dtype);
  const centre = roundTo(dtype, mean), scale = roundTo(dtype, std);
  if (!(Number.isFinite(centre) && Number.isFinite(scale) && std >= 0)) {
    throw new RangeError(
      `Cannot ${action} with mean ${mean} and std ${std}: both must be finite in ${dtype}, and std 0 or more; ` +
        "correct them",
    );
  }
  return NORMAL[dtype](key, size, centre, scale) as DataOf<D>; // the table's row for D
}

/**
 * Draws whole numbers from the uniform distribution on `[min, max)`.
 *
 * A number is the remainder of 64 random bits divided by `max - min` if that is at most 2^16, of 32 bits otherwise
 * (JAX's arithmetic, in which the upper half then cancels). One value is likelier than another by at most 2^-48, or
 * `(max - min) / 2^32`.
 *
 * @param key The key to use up.
 * @param size How many numbers.
 * @param min The smallest number, -(2^31) or more.
 * @param max One more than the largest number, 2^31 or less.
 * @returns `[size]` numbers.
 * @throws {RangeError} If `max` does not exceed `min`, either is fractional or beyond 32 bits, or `size` is not a whole
 * number of 0 or more.
 * @throws {TypeError} If `key` is not a key.
 */
export function integerValues(key: Key, size: number, min: number, max: number): Int32Array<ArrayBuffer> {
  const action = "draw whole numbers";
  checkKey(action, key);
  checkSize(action, size);
  if (!(Number.isInteger(min) && Number.isInteger(max) && min < max && min >= -(2 ** 31) && max <= 2 ** 31)) {
    throw new RangeError(
      `Cannot ${action} from min ${min} up to max ${max}: both must be whole numbers between -(2^31) and 2^31, ` +
        "and max, which is not drawn itself, above min; correct them",
    );
  }
  const span = max - min;
  // Keys 0 and 1 of a split.
  const high = randomWords(foldIn(key, 0).words, size), low = randomWords(foldIn(key, 1).words, size);
  const values = new Int32Array(size);
  // 2^32 mod span, as the square of 2^16 mod span: it wraps around to 0 where span exceeds 2^16.
  const multiplier = (((2 ** 16 % span) ** 2) >>> 0) % span;
  for (let i = 0; i < size; i++) {
    const offset = (Math.imul(high[i]! % span, multiplier) + low[i]! % span) >>> 0;
    values[i] = min + offset % span;
  }
  return values;
}

/**
 * Draws a random order of the numbers from 0 to `n - 1`; all orders are equally likely.
 *
 * Sorts by random 32-bit words, repeatedly until ties are too rare to matter. Time grows linearly with `n`.
 *
 * @param key The key to use up.
 * @param n How many numbers, up to 2^31 - 1.
 * @returns `[n]` numbers.
 * @throws {RangeError} If `n` is not a whole number of 0 or more.
 * @throws {TypeError} If `key` is not a key.
 */
export function permutationValues(key: Key, n: number): Int32Array<ArrayBuffer> {
  const action = "draw a permutation";
  checkKey(action, key);
  checkSize(action, n);
  const rounds = Math.ceil(3 * Math.log(Math.max(1, n)) / Math.log(2 ** 32 - 1));
  let values = new Int32Array(n);
  for (let i = 0; i < n; i++) values[i] = i;
  // Every round splits the key: key 0 is split in the next round, key 1 is used up.
  for (let round = 0, next = key; round < rounds; round++, next = foldIn(next, 0)) {
    values = sortedBy(randomWords(foldIn(next, 1).words, n), values);
  }
  return values;
}

type Draw = (key: Key, size: number, low: number, range: number) => DataOf<DType>;

const UNIFORM: { readonly [D in DType]: Draw } = { float32: uniform32, float64: uniform64 };
const NORMAL: { readonly [D in DType]: Draw } = { float32: normal32, float64: normal64 };

// Each dtype has its own loops: a loop that has seen both kinds of array runs at half the speed for either.

/**
 * Scales the leading bits of each word, as many as a significand holds, to [0, 1) exactly, then computes `low + range *
 * that`.
 */
function uniform32(key: Key, size: number, low: number, range: number): Float32Array {
  const words = randomWords(key.words, size), values = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    values[i] = Math.max(low, Math.fround((words[i]! >>> 9) * 2 ** -23 * range) + low);
  }
  return values;
}

function uniform64(key: Key, size: number, low: number, range: number): Float64Array {
  const words = randomWordPairs(key.words, size), values = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const unit = (words[2 * i]! * 2 ** 20 + (words[2 * i + 1]! >>> 12)) * 2 ** -52;
    values[i] = Math.max(low, unit * range + low);
  }
  return values;
}

/** Where the open interval (-1, 1) starts: at -1 itself the inverse error function is infinite. */
const aboveMinusOne = (dtype: DType): number => DTYPES[dtype].epsilon / 2 - 1;

function normal32(key: Key, size: number, mean: number, std: number): Float32Array {
  const values = uniform32(key, size, aboveMinusOne("float32"), 2), root = Math.fround(Math.SQRT2);
  for (let i = 0; i < size; i++) {
    values[i] = mean + Math.fround(std * Math.fround(root * erfInverse32(values[i]!)));
  }
  return values;
}

function normal64(key: Key, size: number, mean: number, std: number): Float64Array {
  const values = uniform64(key, size, aboveMinusOne("float64"), 2);
  for (let i = 0; i < size; i++) values[i] = mean + std * (Math.SQRT2 * erfInverse(values[i]!));
  return values;
}

/**
 * Computes the inverse error function in float32, rounded at every step as JAX's compiler does on a processor with
 * fused multiply-add. Giles, Approximating the erfinv function, 2010, table 5.
 */
function erfInverse32(x: number): number {
  const f = Math.fround, w = -f(Math.log(1 - f(x * x)));
  if (w < 5) {
    const v = f(w - 2.5);
    let p = f(3.43273939e-07 + 2.81022636e-08 * v);
    p = f(-3.5233877e-06 + p * v);
    p = f(-4.39150654e-06 + p * v);
    p = f(0.00021858087 + p * v);
    p = f(-0.00125372503 + p * v);
    p = f(-0.00417768164 + p * v);
    p = f(0.246640727 + p * v);
    return f(f(1.50140941 + p * v) * x);
  }
  const v = f(f(Math.sqrt(w)) - 3);
  let p = f(0.000100950558 - 0.000200214257 * v);
  p = f(0.00134934322 + p * v);
  p = f(-0.00367342844 + p * v);
  p = f(0.00573950773 + p * v);
  p = f(-0.0076224613 + p * v);
  p = f(0.00943887047 + p * v);
  p = f(1.00167406 + p * v);
  return f(f(2.83297682 + p * v) * x);
}

/** Sorts by 32-bit keys with a stable radix sort, in three passes of 11, 11 and 10 bits. */
function sortedBy(keys: Uint32Array<ArrayBuffer>, values: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const n = keys.length;
  let from = { keys, values }, to = { keys: new Uint32Array(n), values: new Int32Array(n) };
  for (const shift of [0, 11, 22]) {
    const next = new Uint32Array(2049);
    for (let i = 0; i < n; i++) next[(from.keys[i]! >>> shift & 2047) + 1]!++;
    for (let digit = 0; digit < 2048; digit++) next[digit + 1]! += next[digit]!;
    for (let i = 0; i < n; i++) {
      const at = next[from.keys[i]! >>> shift & 2047]!++;
      to.keys[at] = from.keys[i]!;
      to.values[at] = from.values[i]!;
    }
    [from, to] = [to, from];
  }
  return from.values;
}

const roundTo = (dtype: DType, x: number): number => DTYPES[dtype].round(x);

function checkDraw(op: string, action: string, key: Key, size: number, dtype: DType): void {
  checkKey(action, key);
  checkSize(action, size);
  resolveDType(op, dtype);
}

function checkSize(action: string, size: number): void {
  if (Number.isInteger(size) && size >= 0 && size < 2 ** 31) return;
  throw new RangeError(
    `Cannot ${action} of size ${size}: a size must be a whole number between 0 and 2^31 - 1; correct it`,
  );
}
