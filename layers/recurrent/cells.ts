/**
 * The usual cells, with PyTorch's order of gates and initial values.
 *
 * @module
 */
import type { DType } from "../../blas/dtype.ts";
import { add, mul, sigmoid, sliceAxes, sub, tanh } from "../../autograd/ops/mod.ts";
import type { Tensor } from "../../autograd/tensor.ts";
import { zeros } from "../../autograd/values/constructors.ts";
import { type Cell, type CellOptions, type CellParams, type CellParts, hiddenPart, makeCell } from "./cell.ts";

/** The carry of an LSTM. */
export type LstmCarry<D extends DType = DType> = {
  /** The output of the previous step. */
  readonly hidden: Tensor<D>;
  /** The memory. */
  readonly memory: Tensor<D>;
};

const RNN: CellParts<Tensor> = {
  maker: "rnnCell",
  kind: "rnn",
  gates: 1,
  start: (batch, size, dtype) => zeros([...batch, size], { dtype }),
  stepProjected: (params, h, projected) => {
    const next = tanh(add(projected, hiddenPart(params, h)));
    return [next, next];
  },
};

/** Gates i, f, g, o: input, forget, candidate, output. */
const LSTM: CellParts<LstmCarry> = {
  maker: "lstmCell",
  kind: "lstm",
  gates: 4,
  start: (batch, size, dtype) => {
    const nothing = zeros([...batch, size], { dtype });
    return { hidden: nothing, memory: nothing };
  },
  stepProjected: (params, { hidden, memory }, projected) => {
    // The number of gates requested.
    const [i, f, g, o] = gatesOf(add(projected, hiddenPart(params, hidden)), 4) as [Tensor, Tensor, Tensor, Tensor];
    const next = add(mul(sigmoid(f), memory), mul(sigmoid(i), tanh(g))), output = mul(sigmoid(o), tanh(next));
    return [{ hidden: output, memory: next }, output];
  },
};

/** Gates r, z, n: reset, update, candidate; the reset gate applies to the part of the candidate that comes from the previous output. */
const GRU: CellParts<Tensor> = /* @__PURE__ */ (() => ({
  maker: "gruCell",
  kind: "gru",
  gates: 3,
  start: RNN.start,
  stepProjected: (params, h, projected) => {
    const [xr, xz, xn] = gatesOf(projected, 3) as [Tensor, Tensor, Tensor]; // the number of gates requested
    const [hr, hz, hn] = gatesOf(hiddenPart(params, h), 3) as [Tensor, Tensor, Tensor]; // the number of gates requested
    const update = sigmoid(add(xz, hz)), candidate = tanh(add(xn, mul(sigmoid(add(xr, hr)), hn)));
    const next = add(candidate, mul(update, sub(h, candidate)));
    return [next, next];
  },
}))();

/** Splits the last axis into gates. */
function gatesOf(joined: Tensor, count: number): readonly Tensor[] {
  const size = joined.shape.at(-1)! / count, before = joined.shape.slice(1).map(() => [] as const);
  return Array.from({ length: count }, (_, k) => sliceAxes(joined, [...before, [k * size, (k + 1) * size]]));
}

/**
 * Makes the cell `h' = tanh(weightInput x + biasInput + weightHidden h + biasHidden)`.
 *
 * @param inputSize The length of the last axis of the input.
 * @param hiddenSize The length of the last axis of the carry and of the output.
 * @param options `bias`: whether there are biases, true by default; `dtype`: float32 by default.
 * @throws {RangeError} If a size is not a whole number above 0.
 *
 * @example
 * ```ts
 * import { key, rnnCell, zeros } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const cell = rnnCell(3, 5), [carry, y] = cell.step(cell.init(key(0)), cell.start([2]), zeros([2, 3]));
 * assertEquals([carry.shape, y.shape], [[2, 5], [2, 5]]);
 * ```
 */
export function rnnCell<D extends DType = "float32">(
  inputSize: number,
  hiddenSize: number,
  options: CellOptions<D> = {},
): Cell<Tensor<D>, CellParams<D>> {
  return makeCell(RNN, inputSize, hiddenSize, options) as Cell<Tensor<D>, CellParams<D>>; // the option says the dtype
}

/**
 * Makes an LSTM cell; the gates are i, f, g, o, as in PyTorch.
 *
 * @param inputSize The length of the last axis of the input.
 * @param hiddenSize The length of the last axis of the carry and of the output.
 * @param options `bias`: whether there are biases, true by default; `dtype`: float32 by default.
 * @throws {RangeError} If a size is not a whole number above 0.
 * @see Hochreiter and Schmidhuber, Long Short-Term Memory, 1997.
 *
 * @example
 * ```ts
 * import { key, lstmCell, zeros } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const cell = lstmCell(3, 5), [{ hidden, memory }, y] = cell.step(cell.init(key(0)), cell.start([2]), zeros([2, 3]));
 * assertEquals([hidden, memory, y].map(({ shape }) => shape), [[2, 5], [2, 5], [2, 5]]);
 * ```
 */
export function lstmCell<D extends DType = "float32">(
  inputSize: number,
  hiddenSize: number,
  options: CellOptions<D> = {},
): Cell<LstmCarry<D>, CellParams<D>> {
  return makeCell(LSTM, inputSize, hiddenSize, options) as Cell<LstmCarry<D>, CellParams<D>>; // likewise
}

/**
 * Makes a gated recurrent unit; the gates are r, z, n, as in PyTorch.
 *
 * @param inputSize The length of the last axis of the input.
 * @param hiddenSize The length of the last axis of the carry and of the output.
 * @param options `bias`: whether there are biases, true by default; `dtype`: float32 by default.
 * @throws {RangeError} If a size is not a whole number above 0.
 * @see Cho et al., Learning Phrase Representations using RNN Encoder-Decoder, 2014.
 *
 * @example
 * ```ts
 * import { gruCell, key, zeros } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const cell = gruCell(3, 5), [carry, y] = cell.step(cell.init(key(0)), cell.start([2]), zeros([2, 3]));
 * assertEquals([carry.shape, y.shape], [[2, 5], [2, 5]]);
 * ```
 */
export function gruCell<D extends DType = "float32">(
  inputSize: number,
  hiddenSize: number,
  options: CellOptions<D> = {},
): Cell<Tensor<D>, CellParams<D>> {
  return makeCell(GRU, inputSize, hiddenSize, options) as Cell<Tensor<D>, CellParams<D>>; // likewise
}

/** The makers of cells, by kind. */
export const CELLS = { rnn: rnnCell, lstm: lstmCell, gru: gruCell } as const;
