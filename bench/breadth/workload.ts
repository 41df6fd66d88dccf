/**
 * The type of workloads: an operation, alone or with its derivative, or a whole training step.
 *
 * @module
 */
import type { DType, Key, Tensor } from "@nanograd/nanograd";
import type { Draw } from "./draw.ts";
import type { InputSpec } from "./fill.ts";
import { type Family, MARKS, type Marks } from "./marks.ts";

/** The numbers that PyTorch's twin needs besides the inputs: axes, strides, rates. */
export type Settings = { readonly [name: string]: number | readonly number[] | string };

/** An operation with its shapes. */
export type Operation = {
  readonly inputs: readonly InputSpec[];
  readonly settings?: Settings;
  readonly marks?: Marks;
  /** It uses public operations only. The key is new in each call. */
  readonly run: (inputs: readonly Tensor[], key: Key) => Tensor | readonly Tensor[];
};

/** A training step with its shapes. */
export type Network = {
  readonly params: readonly InputSpec[];
  readonly data: readonly InputSpec[];
  readonly settings?: Settings;
  readonly marks?: Marks;
  readonly loss: (params: readonly Tensor[], data: readonly Tensor[], key: Key) => Tensor;
};

/** How values are compared with PyTorch's: with a relative tolerance, or on average if both draw random numbers. */
export type Comparison = { readonly tolerance: number; readonly kind: "values" | "average" };

type Common = {
  readonly name: string;
  /** The name of PyTorch's function in the twin. */
  readonly twin: string;
  readonly family: Family;
  readonly marks: Marks;
  readonly dtype: DType;
  readonly comparison: Comparison;
};

/** A workload; `draw` draws its shapes. */
export type Workload =
  | Common & { readonly mode: "forward" | "backward"; readonly draw: (draw: Draw) => Operation }
  | Common & { readonly mode: "train"; readonly optimizer: "adam" | "sgd"; readonly draw: (draw: Draw) => Network };

/** The workloads that an operation makes. */
export type OperationOptions = {
  /** Its modes. Default: only forward. */
  readonly modes?: readonly ("forward" | "backward")[];
  readonly dtypes?: readonly DType[];
  readonly comparison?: Comparison;
};

/** Makes the workloads of an operation: one for each mode and dtype. */
export function operation(
  family: Family,
  name: string,
  draw: (draw: Draw) => Operation,
  { modes = ["forward"], dtypes = ["float32"], comparison }: OperationOptions = {},
): readonly Workload[] {
  return modes.flatMap((mode) =>
    dtypes.map((dtype) => ({
      name: [name, ...mode === "backward" ? ["and backward"] : [], ...dtype === "float64" ? ["float64"] : []].join(
        ", ",
      ),
      twin: name,
      family,
      marks: MARKS[family],
      dtype,
      mode,
      comparison: comparison ?? { kind: "values", tolerance: dtype === "float32" ? 1e-4 : 1e-9 },
      draw,
    }))
  );
}

/** Makes the workload of a training step. */
export function network(
  name: string,
  draw: (draw: Draw) => Network,
  { optimizer = "adam", marks = MARKS.network, comparison = { kind: "values", tolerance: 2e-3 } }: {
    readonly optimizer?: "adam" | "sgd";
    readonly marks?: Marks;
    readonly comparison?: Comparison;
  } = {},
): Workload {
  return { name, twin: name, family: "network", marks, dtype: "float32", mode: "train", optimizer, comparison, draw };
}
