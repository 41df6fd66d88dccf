/**
 * Layers that run a cell over sequences.
 *
 * @module
 */
import * as either from "../../blas/either.ts";
import type { DType } from "../../blas/dtype.ts";
import { describe } from "../../blas/describe.ts";
import { ShapeError } from "../../blas/errors.ts";
import { checkOptions, type Complete, type OptionNames } from "../../blas/options.ts";
import { checkShape, type Shape, type ShapeResult, unwrap } from "../../blas/shape.ts";
import { type Key, splitKey } from "../../autograd/random/key.ts";
import { isTensor, type Tensor } from "../../autograd/tensor.ts";
import { constant } from "../../autograd/values/constructors.ts";
import type { Tree } from "../../autograd/tree/tree.ts";
import { IDENTITY } from "../activation.ts";
import { checkInput, checkMode, checkOwnVariables, checkVariables } from "../check_call.ts";
import { checkFlag, checkKey, checkName } from "../checks.ts";
import { type ConfigValue, deepFreeze } from "../config.ts";
import { dropout as dropoutLayer } from "../dropout.ts";
import type { Layer, Variables } from "../layer.ts";
import { remembered } from "../made.ts";
import { NO_STATE, type NoState, NOTHING, tryShape } from "../make_layer.ts";
import { type Mode, modeOf } from "../mode.ts";
import type { TensorSpec, VariableSpecs } from "../spec.ts";
import { type Cell, type CellParams, kindOf, withOwnStep } from "./cell.ts";
import { maskOf, runBoth, runCell, type Sequences } from "./run.ts";

/** A cell as layers run it; a custom one needs only sizes, `init`, `start` and `step`. */
export type AnyCell<P extends object = object> =
  & Pick<Cell<unknown, P>, "inputSize" | "hiddenSize" | "init" | "start" | "step">
  & Partial<Omit<Cell<unknown, P>, "inputSize" | "hiddenSize" | "init" | "start" | "step">>;

/** The options of {@link recurrent}. */
export type RecurrentOptions = {
  /** Whether it runs from the end of the sequences; outputs stay in their order. False if left out. */
  readonly reverse?: boolean | undefined;
  /** Whether a second cell runs from the end; outputs are joined along the last axis. False if left out. */
  readonly bidirectional?: boolean | undefined;
  /** Whether the outputs of all steps are returned, and not only the last one; true if left out. */
  readonly returnSequences?: boolean | undefined;
  /** `"Recurrent"` if left out. */
  readonly name?: string | undefined;
};

const OPTIONS: OptionNames<RecurrentOptions> = {
  reverse: true,
  bidirectional: true,
  returnSequences: true,
  name: true,
};

/** Sequences, all of one length or, with `lengths`, padded at their ends. */
export type RecurrentInput<D extends DType = DType> =
  | Tensor<D>
  | {
    /** `[batch, time, features]` */
    readonly x: Tensor<D>;
    /** The number of steps of each sequence, `[batch]`. */
    readonly lengths: Tensor | readonly number[];
  };

/** A layer over sequences. */
export type RecurrentLayer<P extends object> = Omit<Layer<P, NoState>, "apply"> & {
  /** Computes the outputs, which are 0 where padded sequences have ended. */
  apply<D extends DType>(
    variables: Variables<P, NoState>,
    input: RecurrentInput<D>,
    mode: Mode,
  ): readonly [Tensor<D>, NoState];
};

/** The params of a cell, or of one for each direction. */
export type DirectionParams<P extends object = CellParams> = P | { readonly forward: P; readonly backward: P };

/**
 * Makes a layer that runs a cell over sequences, `[time, features]` or `[batch, time, features]`.
 *
 * @param cell Such as {@link lstmCell} makes, or a record of your own with `inputSize`, `hiddenSize`, `init`, `start` and
 * `step`.
 * @param options `reverse`: whether it runs from the end, false by default; `bidirectional`: whether a second cell does,
 * false by default, with params `{ forward, backward }`; `returnSequences`: whether the outputs of all steps are
 * returned, `[..., time, hiddenSize]`, true by default, else only that of the last step, `[..., hiddenSize]`; `name`.
 * @returns A layer whose `apply` also takes `{ x, lengths }` for padded sequences: elements beyond a length have no
 * effect, and outputs there are 0.
 * @throws {TypeError} If the cell is not one, or an option does not exist or has a wrong type.
 *
 * @example
 * ```ts
 * import { evaluate, gruCell, key, recurrent, zeros } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const layer = recurrent(gruCell(3, 5), { bidirectional: true }), variables = layer.init(key(0));
 * assertEquals(layer.apply(variables, { x: zeros([2, 7, 3]), lengths: [7, 4] }, evaluate)[0].shape, [2, 7, 10]);
 * ```
 */
export function recurrent<P extends object>(
  cell: AnyCell<P>,
  options: RecurrentOptions = {},
): RecurrentLayer<DirectionParams<P>> {
  checkOptions<RecurrentOptions>("build recurrent", options, OPTIONS);
  const { name = "Recurrent", reverse = false, bidirectional = false, returnSequences = true } = options;
  checkName("build recurrent", name);
  for (const [option, value] of Object.entries({ reverse, bidirectional, returnSequences })) {
    checkFlag(`build ${name}`, option, value);
  }
  checkCell(name, cell);
  if (reverse && bidirectional) {
    throw new TypeError(
      `Cannot build ${name} with reverse and bidirectional: it must be one of them; leave reverse out, a bidirectional ` +
        "layer runs both ways",
    );
  }
  const { inputSize, hiddenSize, bias = true, dtype = "float32" } = cell;
  const inner = recurrentLayer({
    kind: "recurrent",
    name,
    cells: [withOwnStep(cell)],
    config: { cell: kindOf(cell), inputSize, hiddenSize, bias, dtype, reverse, bidirectional, returnSequences },
    reverse,
    bidirectional,
    returnSequences,
    dropout: 0,
  });
  // The params of the only cell; stacked layers have a list of such params.
  const specs = inner.specs && { params: (inner.specs.params as readonly Tree<TensorSpec>[])[0]!, state: NO_STATE };
  const layer = deepFreeze<RecurrentLayer<DirectionParams<P>>>({
    ...inner,
    ...specs && { specs },
    // The params of one cell.
    init: (key) => ({ params: inner.init(key).params[0] as DirectionParams<P>, state: NO_STATE }),
    apply: (variables, input, mode) => {
      if (specs === undefined) checkVariables(name, variables);
      else checkOwnVariables(name, specs, variables);
      return inner.apply({ params: [variables.params], state: variables.state }, input, mode);
    },
  });
  return remembered(layer, "apply");
}

/** The parts of a layer over sequences. */
export type RecurrentParts = Complete<Omit<RecurrentOptions, "name">> & {
  readonly kind: string;
  readonly name: string;
  readonly config: Readonly<Record<string, ConfigValue>>;
  /** One for each layer, the first one first. */
  readonly cells: readonly AnyCell[];
  /** The share of outputs that is dropped between layers, in training. */
  readonly dropout: number;
};

/** Makes a layer of stacked cells; its params are a list in their order. */
export function recurrentLayer(
  { kind, name, config, cells, reverse, bidirectional, returnSequences, dropout }: RecurrentParts,
): RecurrentLayer<readonly object[]> {
  const { inputSize } = cells[0]!, outputSize = cells.at(-1)!.hiddenSize * (bidirectional ? 2 : 1);
  const specs = specsOf(cells, bidirectional), between = dropoutLayer(dropout);
  const outputShape = (shape: Shape): ShapeResult => {
    const fits = (shape.length === 2 || shape.length === 3) && shape.at(-1) === inputSize;
    return fits ? either.right([...shape.slice(0, returnSequences ? -1 : -2), outputSize]) : either.left(
      new ShapeError({
        op: name,
        given: { x: shape },
        problem: `x must be [time, ${inputSize}] or [batch, time, ${inputSize}]`,
        remedy: "reshape it, or add an axis for time with expandDims",
      }),
    );
  };
  const init = (cell: AnyCell, key: Key): object => {
    if (!bidirectional) return cell.init(key);
    const [forward, backward] = splitKey(key);
    return { forward: cell.init(forward), backward: cell.init(backward) };
  };
  const layer = deepFreeze<RecurrentLayer<readonly object[]>>({
    kind,
    name,
    inputSize,
    outputSize,
    activation: IDENTITY,
    config,
    ...specs && { specs },
    init: (key) => {
      checkKey(name, key);
      const keys: readonly Key[] = cells.length === 1 ? [key] : splitKey(key, cells.length);
      return { params: cells.map((cell, k) => init(cell, keys[k]!)), state: NO_STATE };
    },
    apply: <D extends DType>(
      variables: Variables<readonly object[], NoState>,
      input: RecurrentInput<D>,
      mode: Mode,
    ) => {
      if (specs === undefined) checkVariables(name, variables);
      else checkOwnVariables(name, specs, variables);
      const { params, state } = variables, given = sequencesOf(name, input);
      checkMode(name, mode);
      unwrap(outputShape(given.x.shape));
      const result = cells.reduce((sequences: Sequences, cell, k): Sequences => {
        const all = returnSequences || k < cells.length - 1;
        const x = k === 0 ? sequences.x : between.apply(NOTHING, sequences.x, modeOf(mode, k))[0];
        const own = { ...sequences, x };
        const y = bidirectional
          // Bidirectional networks have these two parts in every layer.
          ? runBoth(cell, params[k] as { readonly forward: object; readonly backward: object }, own, all)
          : runCell(cell, params[k]!, own, { reverse, returnSequences: all });
        return { ...sequences, x: y };
      }, given);
      return [result.x as Tensor<D>, state]; // layers return the dtype of their operands
    },
    outputShape: (x) => either.chain(() => outputShape(x))(tryShape(() => checkShape(name, x))),
  });
  return remembered(layer, "apply");
}

/** Returns the specs of all cells, if they have any. */
function specsOf(cells: readonly AnyCell[], bidirectional: boolean): VariableSpecs | undefined {
  if (cells.some(({ specs }) => specs === undefined)) return undefined;
  const params = cells.map(({ specs }) => bidirectional ? { forward: specs, backward: specs } : specs);
  return { params: params as Tree<TensorSpec>, state: NO_STATE }; // records of specs are trees of them
}

function sequencesOf(name: string, input: RecurrentInput): Sequences {
  if (isTensor(input) || typeof input !== "object" || input === null || !("lengths" in input)) {
    checkInput(name, input);
    return { x: input };
  }
  const { x, lengths } = input;
  checkInput(name, x);
  const counts = isTensor(lengths) ? lengths : constant(lengths, { dtype: x.dtype });
  if (x.shape.length !== 3 || counts.shape.length !== 1 || counts.shape[0] !== x.shape[0]) {
    throw new ShapeError({
      op: name,
      given: { x: x.shape, lengths: counts.shape },
      problem: "there must be one length for each sequence of a batch",
      remedy: "pass x as [batch, time, features] and lengths as [batch]",
    });
  }
  return { x, mask: maskOf(x, counts) };
}

function checkCell(name: string, cell: AnyCell): void {
  const isCell = typeof cell === "object" && cell !== null &&
    (["init", "start", "step"] as const).every((part) => typeof cell[part] === "function") &&
    [cell.inputSize, cell.hiddenSize].every((size) => Number.isInteger(size) && size > 0);
  if (isCell) return;
  throw new TypeError(
    `Cannot build ${name} of ${describe(cell)}: it must be a cell, with inputSize, hiddenSize, init, start and step; ` +
      "pass lstmCell(8, 16), say",
  );
}
