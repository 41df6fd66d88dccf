/**
 * Samples as decoders return them: plain arrays, which workers can send, in the structure of the batch.
 *
 * @module
 */
import { describe } from "../../../blas/describe.ts";
import type { DType } from "../../../blas/dtype.ts";
import { sizeOf } from "../../../blas/shape.ts";
import { view } from "../../../blas/view.ts";
import { constantOf, isTensor, type Tensor } from "../../../autograd/tensor.ts";
import type { Admitted } from "../../../autograd/tree/admitted.ts";
import { tensorData } from "../../../autograd/values/read.ts";

/** Numbers in an array that is not a tensor yet. */
export type Numbers = Float32Array | Float64Array | Uint8Array | Uint8ClampedArray | Uint16Array | Int32Array;

/** Numbers and their shape, row by row. */
export type DataArray<N extends Numbers = Numbers> = {
  /** The length of every axis. */
  readonly shape: readonly number[];
  /** As many numbers as the shape says. */
  readonly data: N;
};

/**
 * One sample: a number, an array of numbers with its shape, a tensor, or a record of samples, such as
 * `{ images: { shape: [3, 32, 32], data }, labels: 7 }`.
 */
export type Sample = number | DataArray | Tensor | { readonly [name: string]: Sample };

/**
 * The bound of a type parameter that is a sample: `S extends SampleOf<S>`. It admits interfaces, which lack the index
 * signature that {@link Sample} requires.
 */
export type SampleOf<S> = Admitted<
  S,
  Sample | (object & { readonly [K in keyof S]: SamplesIn<S[K]> } & { readonly [Symbol.iterator]?: never })
>;

/** A type in which everything that is no sample is replaced by `never`. */
export type SamplesIn<S> = S extends Sample ? S
  : S extends ((...args: never[]) => unknown) | readonly unknown[] ? never
  : S extends object ? { readonly [K in keyof S]: SamplesIn<S[K]> }
  : never;

/** The batch for a type of samples: a tensor for each number, array or tensor, with one more axis in front. */
export type SampleBatch<S> = S extends number ? Tensor<"float32">
  : S extends Tensor<infer D> ? Tensor<D>
  : S extends DataArray<infer N> ? Tensor<Float64Array extends N ? "float64" : "float32">
  : { readonly [K in keyof S]: SampleBatch<S[K]> };

const isArray = (value: unknown): value is DataArray =>
  typeof value === "object" && value !== null && "shape" in value && "data" in value &&
  ArrayBuffer.isView(value.data) &&
  Array.isArray(value.shape);

type Leaf = { readonly shape: readonly number[]; readonly data: ArrayLike<number>; readonly wide: boolean };

/** Returns what a sample has at a place; nothing for a record. */
function leafOf(value: unknown): Leaf | undefined {
  if (typeof value === "number") return { shape: [], data: [value], wide: false };
  if (isTensor(value)) return { shape: value.shape, data: tensorData(value), wide: value.dtype === "float64" };
  if (isArray(value)) return { shape: value.shape, data: value.data, wide: value.data instanceof Float64Array };
  return undefined;
}

/**
 * Stacks samples along a new first axis, into constants: float64 where samples have float64, else float32.
 *
 * @throws {TypeError} If the samples differ in structure, shape or dtype, or hold anything else; the message names the
 * path and the sample.
 */
export function stackSamples<S extends Sample>(samples: readonly S[]): SampleBatch<S> {
  // The same structure, with tensors in the places of numbers, arrays and tensors.
  return stackAt(samples, "") as SampleBatch<S>;
}

function stackAt(samples: readonly unknown[], path: string): unknown {
  const first = samples[0], leaf = leafOf(first);
  if (leaf !== undefined) return stackLeaves(samples, leaf, path);
  if (typeof first !== "object" || first === null || Array.isArray(first)) {
    refuse(path, 0, `found ${describe(first)}`, "it must be a number, a tensor, a record, or { shape, data }");
  }
  const names = Object.keys(first);
  samples.forEach((sample, k) => {
    const own = typeof sample === "object" && sample !== null ? Object.keys(sample) : [];
    if (own.length === names.length && names.every((name) => own.includes(name))) return;
    refuse(path, k, `found ${describe(sample)}`, `it must be a record of ${names.join(", ")}, as the first`);
  });
  const records = samples as readonly Readonly<Record<string, unknown>>[]; // checked above
  return Object.fromEntries(names.map((name) => [
    name,
    stackAt(records.map((record) => record[name]), path === "" ? name : `${path}.${name}`),
  ]));
}

function stackLeaves(samples: readonly unknown[], { shape, wide, data: { length } }: Leaf, path: string): Tensor {
  const size = sizeOf(shape);
  // Before memory is taken for what a shape claims.
  if (length !== size) refuse(path, 0, `found ${length} numbers for [${shape}]`, `there must be ${size}`);
  const data = new (wide ? Float64Array : Float32Array)(samples.length * size);
  samples.forEach((sample, k) => {
    const leaf = leafOf(sample);
    if (leaf === undefined || String(leaf.shape) !== String(shape) || leaf.wide !== wide) {
      const found = leaf === undefined ? describe(sample) : `${leaf.wide ? "float64" : "float32"} [${leaf.shape}]`;
      refuse(path, k, `found ${found}`, `it must be ${wide ? "float64" : "float32"} [${shape}], as the first`);
    }
    if (leaf.data.length !== size) {
      refuse(path, k, `found ${leaf.data.length} numbers for [${shape}]`, `there must be ${size}`);
    }
    data.set(leaf.data, k * size);
  });
  return constantOf(view<DType>(data, [samples.length, ...shape]));
}

function refuse(path: string, index: number, found: string, wanted: string): never {
  const place = path === "" ? "" : ` at "${path}"`;
  throw new TypeError(
    `Cannot stack samples: sample ${index} of the batch${place}: ${found}: ${wanted}; make all samples alike`,
  );
}
