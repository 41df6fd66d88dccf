/**
 * Recurrent networks, as folds over time.
 *
 * @module
 */
import * as ops from "../../../autograd/ops/mod.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { innerShape } from "../../../autograd/tensor_record.ts";
import { scanAlong } from "../../../autograd/transforms/scan_along.ts";
import { constant, zeros } from "../../../autograd/values/constructors.ts";
import {
  type Call,
  callError,
  input,
  numberOf,
  type Operator,
  type Operators,
  shapeAt,
  tensorAt,
  textOf,
  type Value,
} from "../value.ts";
import { type CellName, cellOf } from "./recurrent_cells.ts";

/** A part of a tensor `[directions, ...]`. */
const ofDirection = (t: Tensor, d: number): Tensor => ops.squeeze(ops.sliceAxes(t, [[d, d + 1]]), 0);

/** 1 where a sequence has not ended yet: `[time, batch, 1]`. */
function maskOf(call: Call, x: Tensor): Tensor | undefined {
  const lengths = call.inputs[4]?.tensor, [time = 0] = innerShape(x);
  if (lengths === undefined) return undefined;
  const steps = constant(Float64Array.from({ length: time }, (_, k) => k), { dtype: "float64", shape: [time, 1] });
  return ops.expandDims(ops.cast(ops.less(steps, lengths), x.dtype), 2);
}

function recurrent(name: CellName): Operator {
  return {
    compute: (call) => {
      const type = input(call, 0).type, direction = textOf(call, "direction", "forward");
      const isBatchFirst = numberOf(call, "layout", 0) === 1, first = tensorAt(call, 0);
      const x = isBatchFirst ? ops.transpose(first, [1, 0, 2]) : first, mask = maskOf(call, x);
      const [directions = 1, , hidden = 0] = shapeAt(call, 2), batch = innerShape(x)[1]!;
      if (directions !== (direction === "bidirectional" ? 2 : 1)) {
        throw callError(
          call,
          `it has weights for ${directions} directions, and is ${direction}`,
          "export the model again",
        );
      }
      const initial = (index: number, d: number): Tensor => {
        const given = call.inputs[index]?.tensor;
        if (given === undefined) return zeros([batch, hidden], { dtype: x.dtype });
        return ofDirection(isBatchFirst ? ops.transpose(given, [1, 0, 2]) : given, d);
      };
      const runs = Array.from({ length: directions }, (_, d) => {
        const weights = (index: number): Tensor | undefined => {
          const given = call.inputs[index]?.tensor;
          return given === undefined ? undefined : ofDirection(given, d);
        };
        const cell = cellOf(name, call, d, {
          input: weights(1)!,
          hidden: weights(2)!,
          bias: weights(3),
          peepholes: weights(7),
        });
        const start = name === "LSTM" ? [initial(5, d), initial(6, d)] : [initial(5, d)];
        const isReverse = direction === "reverse" || d === 1;
        const xs = { x: cell.prepare(x), ...mask === undefined ? {} : { mask } };
        const [carry, ys] = scanAlong(
          (carry: readonly Tensor[], at: { readonly x: Tensor; readonly mask?: Tensor }) => {
            const next = cell.step(carry, at.x);
            if (at.mask === undefined) return [next, next[0]!] as const;
            const kept = next.map((t, k) => ops.where(at.mask!, t, carry[k]!));
            return [kept, ops.mul(next[0]!, at.mask)] as const;
          },
          start,
          xs,
          { reverse: isReverse },
        );
        return { carry, ys };
      });
      const all = ops.stack(runs.map(({ ys }) => ys), 1); // [time, directions, batch, hidden]
      const last = (k: number): Tensor => {
        const joined = ops.stack(runs.map(({ carry }) => carry[k]!), 0);
        return isBatchFirst ? ops.transpose(joined, [1, 0, 2]) : joined;
      };
      const y = isBatchFirst ? ops.transpose(all, [2, 0, 1, 3]) : all;
      const outputs = name === "LSTM" ? [y, last(0), last(1)] : [y, last(0)];
      return outputs.map((tensor): Value => ({ type, tensor }));
    },
  };
}

/** The operators of this file. */
export const recurrentOperators: Operators = /* @__PURE__ */ (() => ({
  LSTM: recurrent("LSTM"),
  GRU: recurrent("GRU"),
  RNN: recurrent("RNN"),
}))();
