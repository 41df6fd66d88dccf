/**
 * Typed arrays whose types do not allow writing, not even through the results of their methods.
 *
 * @module
 */

/** The names through which a typed array can be changed. */
export type Mutator = "copyWithin" | "fill" | "reverse" | "set" | "sort" | "subarray" | "buffer" | "valueOf";

/** The methods that pass the array itself to a function. */
export type Caller =
  | "every"
  | "filter"
  | "find"
  | "findIndex"
  | "findLast"
  | "findLastIndex"
  | "forEach"
  | "map"
  | "reduce"
  | "reduceRight"
  | "some";

/**
 * A function of an element, its index and the array.
 *
 * @typeParam Self The array as the function receives it.
 * @typeParam R What the function returns.
 */
export type Question<Self, R> = (value: number, index: number, array: Self) => R;

/**
 * A step of a fold over the elements.
 *
 * @typeParam Self The array as the function receives it.
 * @typeParam R What the fold carries.
 */
export type Reducer<Self, R> = (previous: R, value: number, index: number, array: Self) => R;

/**
 * The methods that take functions, which receive the array as `Self`.
 *
 * @typeParam Data What `filter` and `map` return: a new array.
 */
export type Readers<Data, Self> = {
  /** Tells whether all elements pass. */
  every(predicate: Question<Self, unknown>, thisArg?: unknown): boolean;
  /** Copies the elements that pass. */
  filter(predicate: Question<Self, unknown>, thisArg?: unknown): Data;
  /** The first element that passes. */
  find(predicate: Question<Self, unknown>, thisArg?: unknown): number | undefined;
  /** The index of the first element that passes, or -1. */
  findIndex(predicate: Question<Self, unknown>, thisArg?: unknown): number;
  /** The last element that passes. */
  findLast(predicate: Question<Self, unknown>, thisArg?: unknown): number | undefined;
  /** The index of the last element that passes, or -1. */
  findLastIndex(predicate: Question<Self, unknown>, thisArg?: unknown): number;
  /** Calls a function for each element. */
  forEach(callback: Question<Self, void>, thisArg?: unknown): void;
  /** Makes an array of what a function returns for each element. */
  map(callback: Question<Self, number>, thisArg?: unknown): Data;
  /** Folds the elements, from the first, to a number. */
  reduce(callback: Reducer<Self, number>): number;
  /** Folds the elements from the first. */
  reduce<R>(callback: Reducer<Self, R>, initial: R): R;
  /** Folds the elements, from the last, to a number. */
  reduceRight(callback: Reducer<Self, number>): number;
  /** Folds the elements from the last. */
  reduceRight<R>(callback: Reducer<Self, R>, initial: R): R;
  /** Tells whether any element passes. */
  some(predicate: Question<Self, unknown>, thisArg?: unknown): boolean;
};

// Interfaces, since a type alias cannot name itself among its own arguments.

/** A `Float32Array` that cannot be written, by its type. */
export interface ReadonlyFloat32Array
  extends Readonly<Omit<Float32Array, Mutator | Caller>>, Readers<Float32Array, ReadonlyFloat32Array> {}

/** A `Float64Array` that cannot be written, by its type. */
export interface ReadonlyFloat64Array
  extends Readonly<Omit<Float64Array, Mutator | Caller>>, Readers<Float64Array, ReadonlyFloat64Array> {}
