/**
 * Steps that touch only the rows used.
 *
 * @module
 */
import { rowsOf } from "../autograd/row_gradients.ts";
import { argsort, broadcastTo, concat, cumsum, notEqual, reshape } from "../autograd/ops/mod.ts";
import { gatherAlong, scatterAddAlong } from "../autograd/ops/gather.ts";
import { scatterAlong } from "../autograd/ops/scatter_primitives.ts";
import { partAlong } from "../autograd/ops/slice.ts";
import type { ParameterTree } from "../autograd/tree/parameter_tree.ts";
import { entries, leaves } from "../autograd/tree/tree.ts";
import { isTensor, type Tensor } from "../autograd/tensor.ts";
import { zeros } from "../autograd/values/constructors.ts";
import { sameShape, type Shape, sizeOf } from "../blas/shape.ts";
import { checkOptimizer } from "./check_parts.ts";
import { deferredStepOf, defineOptimizer, nextParams, rateOfStep } from "./define_optimizer.ts";
import type { Optimizer } from "./optimizer.ts";
import { materialize } from "./transforms/deferred.ts";
import { withLeaves } from "./transforms/gradients_for.ts";
import type { StateTree } from "./transforms/transform.ts";

/**
 * Makes an optimizer of tables, such as embeddings, that takes the steps of another one only for the rows that the loss
 * has used: all other rows, and the optimizer's memory of them, stay the same. In a compiled step, whose carry holds
 * the table, its
 * cost is that of the rows, however long the table is. These are the steps of PyTorch with `Embedding(sparse=True)`:
 * `rowwise(sgd())` and `rowwise(adagrad())` have its numbers, and {@link sparseAdam} those of its `SparseAdam`.
 *
 * A row that is used several times gets one step, by the sum of its gradients. The number of steps, which corrects moments and
 * sets rates, counts for all rows. Weight decay, too, only reaches the rows used.
 *
 * @param optimizer One whose memory has tensors of the parameters' shapes, such as `sgd`, `adam`, `adagrad` and `rmsprop`.
 * @returns An optimizer with the state of the given one. Its parameters are tables, which are read by a single `take` along
 * axis 0, as the `embedding` layer does; `partitioned` gives the others to another optimizer.
 * @throws {TypeError} If `optimizer` is not an optimizer, or has another memory; in a step, if a gradient does not come
 * straight from a single `take`: where the table is also used otherwise, or the gradient was clipped.
 *
 * @example
 * ```ts
 * import { gradient, rowwise, sgd, sum, take, type Tensor, tensor64, toArray } from "@nanograd/nanograd";
 * import { assertEquals } from "@std/assert";
 *
 * const words = [2, 0, 2], loss = (table: Tensor<"float64">) => sum(take(table, words));
 * const optimizer = rowwise(sgd({ learningRate: 0.5 })), start = optimizer.init(tensor64([[1, 1], [2, 2], [3, 3]]));
 * const { params } = optimizer.step(start, gradient(loss)(start.params));
 * assertEquals(toArray(params), [[0.5, 0.5], [2, 2], [2, 2]]);
 * ```
 */
export function rowwise<S extends StateTree>(optimizer: Optimizer<S>): Optimizer<S> {
  checkOptimizer("rowwise", optimizer);
  const name = `rowwise(${optimizer.name})`, innerStep = deferredStepOf(optimizer);
  return defineOptimizer<S>({
    name,
    config: optimizer.config,
    init: (params) => {
      const state = optimizer.init(params);
      checkMemory(name, state.memory, leaves<Tensor>(params));
      return state;
    },
    rateOf: rateOfStep(optimizer),
    step: (state, gradients, parameters, terms) => {
      const paths = entries<Tensor>(state.params).map(([path]) => path);
      const used = gradients.map((gradient, k) =>
        usedRows(name, paths[k]!, materialize(gradient, parameters[k]!), parameters[k]!)
      );
      // The memory has a tensor for each parameter, again and again.
      const remembered = tensorsIn(state.memory), of = (k: number): Tensor => used[k % used.length]!.at;
      const rows = parameters.map((p, k) => rowsAt(p, of(k)));
      const next = innerStep(
        {
          ...state,
          params: withLeaves(state.params, rows),
          memory: withLeaves(state.memory, remembered.map((t, k) => rowsAt(t, of(k)))),
        },
        used.map(({ gradient }) => gradient),
        rows,
        terms,
      );
      const put = (tables: readonly Tensor[], all: readonly Tensor[]): readonly Tensor[] =>
        all.map((own, k) => withRows(tables[k]!, of(k), own));
      return {
        ...next,
        params: nextParams(state.params, put(parameters, leaves<Tensor>(next.params))),
        memory: withLeaves(state.memory, put(remembered, tensorsIn(next.memory))),
      };
    },
  });
}

/** The rows that were used: where they are in the table, `[n]`, and the gradient of each, the same for all of one place. */
type UsedRows = { readonly at: Tensor; readonly gradient: Tensor };

function usedRows(name: string, path: string, gradient: Tensor, parameter: Tensor): UsedRows {
  const found = rowsOf(gradient);
  if (found === undefined) {
    throw new TypeError(
      `Cannot step ${name} at "${path}": the gradient must consist of rows, and come straight from one take along axis 0 of ` +
        "the parameter; use another optimizer for it, by partitioned",
    );
  }
  const { indices, rows } = found, count = indices.shape[0]!, width = sizeOf(parameter.shape.slice(1));
  if (count === 0 || width === 0) {
    return { at: reshape(indices, [0]), gradient: reshape(rows, [0, ...parameter.shape.slice(1)]) };
  }
  const at = reshape(partAlong(reshape(indices, [count, width]), 1, 0, 1), [count]);
  const slots = across(slotsOf(at), [count, width]), flat = reshape(rows, [count, width]);
  const sums = scatterAddAlong(flat, slots, 0, count);
  return { at, gradient: reshape(gatherAlong(sums, slots, 0), rows.shape) };
}

/** Returns a number for each place, equal for equal places and less than their count: by their order. */
function slotsOf(at: Tensor): Tensor {
  const count = at.shape[0]!, order = argsort(at), sorted = gatherAlong(at, order, 0);
  const first = zeros([1], { dtype: at.dtype });
  const changes = notEqual(partAlong(sorted, 0, 1, count - 1), partAlong(sorted, 0, 0, count - 1));
  return scatterAlong(zeros([count], { dtype: at.dtype }), order, cumsum(concat([first, changes])), 0, "set");
}

/** A number for each row, for all its elements. */
const across = (numbers: Tensor, shape: Shape): Tensor =>
  broadcastTo(reshape(numbers, [shape[0]!, ...shape.slice(1).map(() => 1)]), shape);

const rowsAt = (table: Tensor, at: Tensor): Tensor =>
  gatherAlong(table, across(at, [at.shape[0]!, ...table.shape.slice(1)]), 0);

const withRows = (table: Tensor, at: Tensor, rows: Tensor): Tensor =>
  scatterAlong(table, across(at, rows.shape), rows, 0, "set");

/** The tensors that a memory consists of: nothing else, as `checkMemory` has seen. */
const tensorsIn = (memory: StateTree): readonly Tensor[] => leaves<Tensor>(memory as ParameterTree);

/** Throws if a memory has anything but tensors of the parameters' shapes. */
function checkMemory(name: string, memory: StateTree, parameters: readonly Tensor[]): void {
  const remembered = tensorsIn(memory), count = parameters.length;
  const fits = remembered.every((t, k) => isTensor(t) && sameShape(t.shape, parameters[k % count]!.shape));
  if (fits && (count === 0 || remembered.length % count === 0)) return;
  throw new TypeError(
    `Cannot begin ${name} with what it remembers: its memory must have tensors of the parameters' shapes, which have rows; ` +
      "use sgd, adam, adagrad or rmsprop",
  );
}
