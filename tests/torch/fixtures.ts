/**
 * PyTorch's numbers, and the comparison of the library's numbers with them.
 *
 * `tests/fixtures/make_torch_fixtures.py` wrote them and documents the format.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import {
  constant,
  currentEngine,
  type DType,
  engines,
  setEngine,
  type Tensor,
  tensor32,
  tensor64,
  toList,
} from "../../mod.ts";
import json from "../fixtures/torch_fixtures.json" with { type: "json" };

/** A number; JSON has no NaN and no infinities, so those are strings. */
type Value = number | "NaN" | "Infinity" | "-Infinity";

/** An array of PyTorch, row-major. */
export type Recorded = {
  readonly shape: readonly number[];
  readonly data: readonly Value[];
  /** Given for `int64` and `bool`; omitted for float64. */
  readonly dtype?: "int64" | "bool";
};

/** The settings of an operation, in PyTorch's words. */
export type Attributes = {
  readonly alpha?: number;
  readonly approximate?: "tanh" | "none";
  readonly beta?: number;
  readonly ceil_mode?: boolean;
  readonly count_include_pad?: boolean;
  readonly delta?: number;
  readonly dilation?: number | readonly [number, number];
  readonly dim?: number | readonly number[] | null;
  readonly dims?: readonly number[];
  readonly end?: readonly number[];
  readonly eps?: number;
  readonly equation?: string;
  readonly exponent?: number;
  readonly groups?: number;
  readonly ignore_index?: number;
  readonly keepdim?: boolean;
  readonly kernel?: number;
  readonly label_smoothing?: number;
  readonly max?: number;
  readonly min?: number;
  readonly mode?: "constant" | "reflect";
  readonly normalized_shape?: readonly number[];
  readonly output?: number;
  readonly output_padding?: number;
  readonly padding?: number | readonly [number, number];
  readonly pads?: readonly (readonly [number, number])[];
  readonly perm?: readonly number[];
  readonly reduction?: "mean" | "sum" | "none";
  readonly repeats?: readonly number[];
  readonly scale?: number;
  readonly shape?: readonly number[];
  readonly sizes?: readonly number[];
  readonly slope?: number;
  /** For a slice, one position for each axis; otherwise one number. */
  readonly start?: number | readonly number[];
  readonly step?: readonly number[];
  readonly stride?: number | readonly [number, number];
  readonly training?: boolean;
  readonly unbiased?: boolean;
  readonly value?: number;
};

/** One operation on one set of inputs; `grads[i]` is the derivative of `sum(upstream * output)` by `inputs[i]`. */
export type OperationCase = {
  readonly name: string;
  readonly op: string;
  readonly attrs: Attributes;
  readonly inputs: readonly (Recorded & { readonly name: string; readonly grad: boolean })[];
  readonly upstream: Recorded;
  readonly output: Recorded;
  readonly grads: readonly (Recorded | null)[];
};

/** A gradient of `sum(upstream * f(x))`, and the gradient of its inner product with `v`. */
export type DoubleBackwardCase = {
  readonly name: string;
  readonly x: Recorded;
  readonly upstream: Recorded;
  readonly v: Recorded;
  readonly grad: Recorded;
  readonly hvp: Recorded;
};

/** Settings of an optimizer, in PyTorch's words. */
export type Hyper = {
  readonly lr: number;
  readonly momentum?: number;
  readonly dampening?: number;
  readonly nesterov?: boolean;
  readonly weight_decay?: number;
  readonly betas?: readonly [number, number];
  readonly eps?: number;
  readonly amsgrad?: boolean;
  readonly alpha?: number;
  readonly centered?: boolean;
  readonly rho?: number;
  readonly lr_decay?: number;
};

/** Ten steps of one optimizer on one problem; `trajectory[i]` is the point after step `i`. */
export type OptimizerCase = {
  readonly name: string;
  readonly optimizer: string;
  readonly hyper: Hyper;
  readonly problem: "quadratic" | "rosenbrock";
  readonly losses: readonly number[];
  readonly grads: readonly (readonly number[])[];
  readonly trajectory: readonly (readonly number[])[];
};

/** The rates in force at steps 0, 1, … */
export type ScheduleCase = {
  readonly name: string;
  readonly base_lr: number;
  readonly lrs: readonly number[];
};

/** Gradients before and after clipping, by their common norm or element by element. */
export type ClipCase = {
  readonly max_norm?: number;
  readonly norm_type?: number | "Infinity";
  readonly total_norm?: number;
  readonly clip_value?: number;
  readonly grads: readonly Recorded[];
  readonly clipped: readonly Recorded[];
};

/** A short training on real data, `batches` in turn, with everything that it began and ended with. */
export type TrainingCase = {
  readonly name: string;
  readonly hyper: Hyper & { readonly optimizer: string };
  readonly batches: readonly { readonly x: Recorded; readonly y: Recorded }[];
  readonly init: Readonly<Record<string, Recorded>>;
  readonly losses: readonly number[];
  readonly grads_step0: Readonly<Record<string, Recorded>>;
  readonly final: Readonly<Record<string, Recorded>>;
  readonly eval_x: Recorded;
  readonly eval_logits: Recorded;
};

/** A batch normalization, started from mean 0 and variance 1, over some batches, and then evaluated. */
export type BatchNormCase = {
  readonly name: string;
  readonly momentum: number;
  readonly eps: number;
  readonly gamma: Recorded;
  readonly beta: Recorded;
  readonly steps: readonly {
    readonly x: Recorded;
    readonly y: Recorded;
    readonly running_mean: Recorded;
    readonly running_var: Recorded;
  }[];
  readonly eval: { readonly x: Recorded; readonly y: Recorded };
};

/** The file; `groups_test.ts` keeps count of its groups. */
export type Fixtures = {
  readonly ops: readonly OperationCase[];
  readonly double_backward: readonly DoubleBackwardCase[];
  readonly batchnorm_running: readonly BatchNormCase[];
  readonly clip_grad: readonly ClipCase[];
  readonly optimizers: {
    readonly problems: {
      readonly quadratic: { readonly A: readonly (readonly number[])[]; readonly b: readonly number[] };
    };
    readonly cases: readonly OptimizerCase[];
  };
  readonly schedulers: readonly ScheduleCase[];
  readonly trainings: readonly TrainingCase[];
};

// The type that TypeScript reads off the file is a union of hundreds of literal shapes; the script's format is simpler.
const untyped: unknown = json;

/** Everything that was recorded. */
export const fixtures = untyped as Fixtures;

const numbers = ({ data }: Recorded): number[] => data.map(Number);

/** Returns a recorded array as a constant; integers and booleans become numbers of the dtype. */
export function constantFrom<D extends DType>(recorded: Recorded, dtype: D): Tensor<D> {
  return constant<D>(numbers(recorded), { dtype, shape: recorded.shape });
}

/** Returns a recorded array as a leaf that receives gradients. */
export function variableFrom(recorded: Recorded, dtype: DType): Tensor {
  return (dtype === "float32" ? tensor32 : tensor64)(numbers(recorded), recorded.shape);
}

/**
 * Compares with what PyTorch computed: every element to `tolerance` times `max(1, |element|)`; infinities and NaN must
 * be where PyTorch has them.
 */
export function assertAgrees(actual: Tensor, expected: Recorded, tolerance: number, what: string): void {
  assertEquals(actual.shape, expected.shape, `shape of ${what}`);
  assertNumbersAgree(toList(actual), numbers(expected), tolerance, what);
}

/** {@link assertAgrees} for plain numbers. */
export function assertNumbersAgree(
  actual: readonly number[],
  expected: readonly number[],
  tolerance: number,
  what: string,
): void {
  assertEquals(actual.length, expected.length, `length of ${what}`);
  expected.forEach((wanted, i) => {
    const given = actual[i]!, allowed = tolerance * Math.max(1, Math.abs(wanted));
    const agrees = Number.isFinite(wanted) ? Math.abs(given - wanted) <= allowed : Object.is(given, wanted);
    assert(agrees, `${what}, element ${i}: ${given} where PyTorch has ${wanted}, allowed difference ${allowed}`);
  });
}

/** Runs a check on every engine; one that fails says which. */
export function onEveryEngine(check: () => void): void {
  const before = currentEngine();
  try {
    for (const engine of new Set(Object.values(engines))) {
      setEngine(engine);
      try {
        check();
      } catch (cause) {
        throw new Error(`on the ${engine.name} engine: ${cause instanceof Error ? cause.message : cause}`, { cause });
      }
    }
  } finally {
    setEngine(before);
  }
}
