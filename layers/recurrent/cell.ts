/**
 * Cells: one step of a recurrent network, as pure functions.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import type { DType } from "../../blas/dtype.ts";
import { checkOptions, type OptionNames } from "../../blas/options.ts";
import { checkShape, type Shape } from "../../blas/shape.ts";
import { add, matmul, transpose } from "../../autograd/ops/mod.ts";
import type { Key } from "../../autograd/random/key.ts";
import { randomUniform } from "../../autograd/random/random.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { resolveDType } from "../../autograd/values/dtype_option.ts";
import { checkFlag, checkKey, checkSize } from "../checks.ts";
import type { Initializer } from "../initializers.ts";
import { isAsMade, remembered } from "../made.ts";
import { NO_STATE } from "../make_layer.ts";
import { initialize, TensorSpec } from "../spec.ts";

/** The params of a cell; its gates are stacked in PyTorch's order. */
export type CellParams<D extends DType = DType> = {
  /** `[gates * hiddenSize, inputSize]` */
  readonly weightInput: Tensor<D>;
  /** `[gates * hiddenSize, hiddenSize]` */
  readonly weightHidden: Tensor<D>;
  /** `[gates * hiddenSize]`, if there are biases. */
  readonly biasInput?: Tensor<D> | undefined;
  /** `[gates * hiddenSize]`, if there are biases. */
  readonly biasHidden?: Tensor<D> | undefined;
};

/**
 * One step of a recurrent network.
 *
 * @typeParam C The carry, from step to step: a tree of tensors.
 * @typeParam P The params.
 */
export type Cell<C = unknown, P extends object = CellParams> = {
  /** The kind of cell, such as `"lstm"`. */
  readonly kind: string;
  readonly inputSize: number;
  readonly hiddenSize: number;
  readonly bias: boolean;
  readonly dtype: DType;
  /** The specs of its params. */
  readonly specs: { readonly [K in keyof P]: TensorSpec };
  // Methods, so that a cell with a known carry is assignable to any cell.
  /** Draws initial params. */
  init(key: Key): P;
  /** Returns the initial carry, zeros: `[hiddenSize]` after the batch axes. */
  start(batchShape: Shape): C;
  /** Computes the next carry and the output, `[..., hiddenSize]`, for `x` `[..., inputSize]`. */
  step(params: P, carry: C, x: Tensor): readonly [C, Tensor];
  /** Computes the part of a step that depends only on its input, `[..., gates * hiddenSize]`, for all steps at once. */
  project(params: P, x: Tensor): Tensor;
  /** Computes the rest of the step. */
  stepProjected(params: P, carry: C, projected: Tensor): readonly [C, Tensor];
};

/** The options of cells. */
export type CellOptions<D extends DType = DType> = {
  /** Whether there are biases; true if left out. */
  readonly bias?: boolean | undefined;
  /** The dtype of the params, float32 if left out. */
  readonly dtype?: D | undefined;
};

const OPTIONS: OptionNames<CellOptions> = { bias: true, dtype: true };

/** The parts that distinguish one cell from another. */
export type CellParts<C> = Pick<Cell<C>, "kind" | "stepProjected"> & {
  /** The name of its maker in errors. */
  readonly maker: string;
  /** The number of gates. */
  readonly gates: number;
  /** Returns the initial carry for a batch of this shape. */
  readonly start: (batchShape: Shape, hiddenSize: number, dtype: DType) => C;
};

/** Makes a cell of the given sizes from its parts. */
export function makeCell<C>(
  { maker, kind, gates, start, stepProjected }: CellParts<C>,
  inputSize: number,
  hiddenSize: number,
  options: CellOptions,
): Cell<C> {
  const action = `build ${maker}`;
  checkOptions<CellOptions>(action, options, OPTIONS);
  const { bias = true, dtype = "float32" } = options;
  checkSize(action, "inputSize", inputSize);
  checkSize(action, "hiddenSize", hiddenSize);
  checkFlag(action, "bias", bias);
  resolveDType(maker, dtype);
  const initializer = uniformWithin(1 / Math.sqrt(hiddenSize)), rows = gates * hiddenSize;
  const spec = (shape: Shape): TensorSpec => new TensorSpec(shape, dtype, initializer);
  const weights = { weightInput: spec([rows, inputSize]), weightHidden: spec([rows, hiddenSize]) };
  const specs: Cell["specs"] = bias ? { ...weights, biasInput: spec([rows]), biasHidden: spec([rows]) } : weights;
  const project = ({ weightInput, biasInput }: CellParams, x: Tensor): Tensor =>
    withBias(matmul(x, transpose(weightInput)), biasInput);
  const cell = Object.freeze<Cell<C>>({
    kind,
    inputSize,
    hiddenSize,
    bias,
    dtype,
    specs,
    init: (key) => {
      checkKey(maker, key);
      return initialize<CellParams, object>({ params: specs, state: NO_STATE }, key)
        .params;
    },
    start: (batchShape) => {
      checkShape(maker, batchShape);
      return start(batchShape, hiddenSize, dtype);
    },
    step: (params, carry, x) => {
      checkBranch(maker, "params", params, "what init returned");
      checkBranch(maker, "the carry", carry, "what start or the step before returned");
      return stepProjected(params, carry, project(params, x));
    },
    project,
    stepProjected,
  });
  remembered(cell, "project");
  return remembered(cell, "step");
}

/** A cell, or a custom record with some of its fields. */
type MaybeCell = Partial<Cell<unknown, object>>;

/** The fields with which a cell computes; a copy may have other initial params. */
const COMPUTED = ["start", "project", "stepProjected"] as const;
const SETTINGS = ["kind", "inputSize", "hiddenSize", "bias", "dtype", "specs"] as const;

/** Returns the kind of a cell that computes as its kind says, and `"custom"` for all others. */
export function kindOf(cell: MaybeCell): string {
  const { kind = "custom" } = cell;
  return isAsMade(cell, "step", [...COMPUTED, ...SETTINGS]) ? kind : "custom";
}

/**
 * Returns a cell that computes with its own `step`: in a copy with another step, `{ ...lstmCell(3, 5), step }`, the two
 * parts of a step belong to the original, and are left out.
 */
export function withOwnStep<C extends MaybeCell>(cell: C): C {
  const isCopy = !isAsMade(cell, "step", []) && isAsMade(cell, "project", []);
  return isCopy ? { ...cell, project: undefined, stepProjected: undefined } : cell;
}

/** Throws if the value is not an object, such as a record or a tensor. */
function checkBranch(maker: string, what: string, value: unknown, remedy: string): void {
  if (typeof value === "object" && value !== null) return;
  throw new TypeError(
    `Cannot step ${maker} with ${describe(value)} for ${what}: it must be a record or a tensor; pass ${remedy}`,
  );
}

/** Adds a bias, if there is one. */
export const withBias = (x: Tensor, bias: Tensor | undefined): Tensor => bias === undefined ? x : add(x, bias);

/** Computes the part of the gates that comes from the previous output. */
export function hiddenPart({ weightHidden, biasHidden }: CellParams, h: Tensor): Tensor {
  return withBias(matmul(h, transpose(weightHidden)), biasHidden);
}

/** PyTorch's initial values: uniform numbers, whose limit depends on the hidden size, not on the shape. */
const uniformWithin = (limit: number): Initializer =>
  Object.freeze<Initializer>({
    tag: "initializer",
    name: "uniformWithin",
    config: Object.freeze({ limit }),
    random: true,
    draw: (key, shape, dtype) => randomUniform(key, shape, { dtype, min: -limit, max: limit }),
  });
