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
import { whileLoop } from "../../../autograd/transforms/while_loop.ts";
import type { OnnxGraph, OnnxValueInfo } from "../graph.ts";
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

/** The values that a loop carries from step to step. */
type Between = { readonly step: number; readonly holds: Tensor; readonly values: readonly Value[] };

/** Runs a graph step by step as long as it is known whether to go on, and from there on as a loop of the library. */
function loop(call: Call): readonly Value[] {
  const body = graphOf(call, "body"), count = call.inputs[0] === undefined ? Infinity : numbersAt(call, 0)[0] ?? 0;
  const carried = call.inputs.slice(2).map((_, k) => input(call, k + 2));
  const always = known(call.run, "bool", [1], []).tensor, rows: Value[][] = [];
  let now: Between = { step: 0, holds: call.inputs[1]?.tensor ?? always, values: carried };
  while (now.step < count && (!isKnown(now.holds) || toList(now.holds)[0] !== 0)) {
    if (!isKnown(now.holds)) return [...openLoop(call, body, count, now), ...rows.flat()];
    if (now.step === MOST_STEPS) {
      throw callError(call, `it does not end after ${MOST_STEPS} steps`, "bound its trip count");
    }
    const results = call.within(body, [
      known(call.run, "int64", [now.step], []),
      { type: "bool", tensor: always },
      ...now.values,
    ]);
    const rest = results.slice(1 + carried.length);
    now = { step: now.step + 1, holds: results[0]!.tensor, values: results.slice(1, 1 + carried.length) };
    rest.forEach((value, k) => (rows[k] ??= []).push(value));
  }
  const stacks = body.outputs.slice(1 + carried.length).map((info, k) => stacked(call, rows[k] ?? [], info));
  return [...now.values, ...stacks];
}

/** A loop whose end depends on what is computed: it cannot keep what each step yields. */
function openLoop(call: Call, body: OnnxGraph, count: number, { step, holds, values }: Between): readonly Value[] {
  if (body.outputs.length > 1 + values.length) {
    throw callError(
      call,
      "its condition depends on what is computed, and each step yields values",
      "use a loop with a known number of steps",
    );
  }
  const types = values.map(({ type }) => type);
  const start = {
    step: known(call.run, "int64", [step], []).tensor,
    holds: ops.reshape(holds, []),
    values: values.map(({ tensor }) => tensor),
  };
  const end = whileLoop(
    (now: typeof start) => count === Infinity ? now.holds : ops.mul(now.holds, ops.less(now.step, count)),
    (now: typeof start) => {
      const results = call.within(body, [
        { type: "int64", tensor: now.step },
        { type: "bool", tensor: now.holds },
        ...now.values.map((tensor, k): Value => ({ type: types[k]!, tensor })),
      ]);
      const [next, ...rest] = results.map(({ tensor }) => tensor);
      return { step: ops.add(now.step, 1), holds: ops.reshape(next!, []), values: rest };
    },
    start,
    count <= MOST_STEPS ? { maxSteps: count } : {}, // with a bound, there are derivatives
  );
  return end.values.map((tensor, k) => ({ type: types[k]!, tensor }));
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
  const placed = ys.map((y, k) => {
    const rank = innerShape(y).length, axis = outputAxes[k] ?? 0, to = axis < 0 ? axis + rank : axis;
    const forward = outputDirections[k] === 1 ? ops.flip(y, 0) : y,
      order = Array.from({ length: rank - 1 }, (_, own) => own + 1);
    return ops.transpose(forward, [...order.slice(0, to), 0, ...order.slice(to)]);
  });
  return [...carry, ...placed].map((tensor, k) => ({ type: types[k]!, tensor }));
}

/** The operators of this file. */
export const controlOperators: Operators = /* @__PURE__ */ (() => ({
  If: { compute: choose },
  Loop: { compute: loop, known: [0] },
  Scan: { compute: scan },
}))();
