/**
 * Choices and loops.
 *
 * @module
 */
import { cond } from "../../../autograd/transforms/cond.ts";
import { scanAlong } from "../../../autograd/transforms/scan_along.ts";
import * as ops from "../../../autograd/ops/mod.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { innerShape } from "../../../autograd/tensor_record.ts";
import { toList } from "../../../autograd/values/read.ts";
import { zeros } from "../../../autograd/values/constructors.ts";
import type { OnnxValueInfo } from "../graph.ts";
import {
  type Call,
  callError,
  graphOf,
  heldAs,
  input,
  isKnown,
  known,
  numberOf,
  numbersAt,
  numbersOf,
  type Operators,
  tensorAt,
  type Value,
} from "../value.ts";

/** The most steps of a loop, which is written out step by step. */
const MOST_STEPS = 10_000;

/** Runs one of two graphs: at once if the condition is known, else by a conditional of the library. */
function choose(call: Call): readonly Value[] {
  const condition = tensorAt(call, 0), then = graphOf(call, "then_branch"), otherwise = graphOf(call, "else_branch");
  if (isKnown(condition)) return call.within(toList(condition)[0] === 0 ? otherwise : then, []);
  let types: readonly Value["type"][] = [];
  const branch = (graph: typeof then) => (): readonly Tensor[] => {
    const values = call.within(graph, []);
    types = values.map(({ type }) => type);
    return values.map(({ tensor }) => tensor);
  };
  const results = cond(condition, branch(then), branch(otherwise));
  return results.map((tensor, k) => ({ type: types[k]!, tensor }));
}

/** Runs a graph as often as is known, or until its condition, which must be known, ends. */
function loop(call: Call): readonly Value[] {
  const body = graphOf(call, "body"), count = call.inputs[0] === undefined ? Infinity : numbersAt(call, 0)[0] ?? 0;
  const carried = call.inputs.slice(2).map((_, k) => input(call, k + 2));
  let holds = call.inputs[1] === undefined || numbersAt(call, 1)[0] !== 0, values: readonly Value[] = carried;
  const rows: Value[][] = body.outputs.slice(1 + carried.length).map(() => []);
  for (let step = 0; step < count && holds; step++) {
    if (step === MOST_STEPS) throw callError(call, `it does not end after ${MOST_STEPS} steps`, "bound its trip count");
    const truth = known(call.run, "bool", [1], []),
      results = call.within(body, [known(call.run, "int64", [step], []), truth, ...values]);
    const next = results[0]!.tensor;
    if (!isKnown(next)) {
      throw callError(call, "its condition depends on what is computed", "use a loop with a known number of steps");
    }
    holds = toList(next)[0] !== 0;
    values = results.slice(1, 1 + carried.length);
    results.slice(1 + carried.length).forEach((value, k) => rows[k]!.push(value));
  }
  return [...values, ...rows.map((row, k) => stacked(call, row, body.outputs[1 + carried.length + k]!))];
}

/** Puts the rows of a loop together; without rows, an axis of length 0 and those that the graph names. */
function stacked(call: Call, rows: readonly Value[], info: OnnxValueInfo): Value {
  if (rows.length > 0) return { type: rows[0]!.type, tensor: ops.stack(rows.map(({ tensor }) => tensor)) };
  const shape = [0, ...info.shape.map((length) => typeof length === "number" ? length : 0)];
  return { type: info.dtype, tensor: zeros(shape, { dtype: heldAs(call.run, info.dtype) }) };
}

/** Folds a graph over slices. */
function scan(call: Call): readonly Value[] {
  const body = graphOf(call, "body"),
    sequences = numberOf(call, "num_scan_inputs", 1),
    states = call.inputs.length - sequences;
  const axes = numbersOf(call, "scan_input_axes") ?? new Array<number>(sequences).fill(0);
  const directions = numbersOf(call, "scan_input_directions") ?? axes.map(() => 0);
  const outputAxes = numbersOf(call, "scan_output_axes") ?? [],
    outputDirections = numbersOf(call, "scan_output_directions") ?? [];
  const all = call.inputs.map((_, k) => input(call, k));
  const xs = axes.map((axis, k) => {
    const { tensor } = all[states + k]!, rank = innerShape(tensor).length, from = axis < 0 ? axis + rank : axis;
    const first = ops.transpose(tensor, [
      from,
      ...Array.from({ length: rank }, (_, own) => own).filter((own) => own !== from),
    ]);
    return directions[k] === 1 ? ops.flip(first, 0) : first;
  });
  let types: readonly Value["type"][] = [];
  const [carry, ys] = scanAlong(
    (carry: readonly Tensor[], x: readonly Tensor[]) => {
      const values = [...carry, ...x].map((tensor, k): Value => ({ type: all[k]!.type, tensor }));
      const results = call.within(body, values);
      types = results.map(({ type }) => type);
      const tensors = results.map(({ tensor }) => tensor);
      return [tensors.slice(0, states), tensors.slice(states)] as const;
    },
    all.slice(0, states).map(({ tensor }) => tensor),
    xs,
  );
  const placed = (ys as readonly Tensor[]).map((y, k) => {
    const rank = innerShape(y).length, axis = outputAxes[k] ?? 0, to = axis < 0 ? axis + rank : axis;
    const forward = outputDirections[k] === 1 ? ops.flip(y, 0) : y,
      order = Array.from({ length: rank - 1 }, (_, own) => own + 1);
    return ops.transpose(forward, [...order.slice(0, to), 0, ...order.slice(to)]);
  });
  return [...carry, ...placed].map((tensor, k) => ({ type: types[k]!, tensor }));
}

/** The operators of this file. */
export const controlOperators: Operators = {
  If: { compute: choose },
  Loop: { compute: loop, known: [0, 1] },
  Scan: { compute: scan },
};
