/**
 * Collectives over any transport of numbers.
 *
 * @module
 */
import { scale } from "../../autograd/ops/arithmetic.ts";
import { stopGradient } from "../../autograd/stop_gradient.ts";
import { isTensor, type Tensor, variableOf } from "../../autograd/tensor.ts";
import { innerView } from "../../autograd/tensor_record.ts";
import { mapTensors, type TensorTree } from "../../autograd/tree/parameter_tree.ts";
import { map, type Tree } from "../../autograd/tree/tree.ts";
import { agreement, compare } from "./agreement.ts";
import { checkNumbersAreKnown, checkRoot, checkSent, checkTensors } from "./check_exchanged.ts";
import type { Collective } from "./collective.ts";
import { exchangeTensors } from "./exchange.ts";
import type { Numbers, Transport } from "./transport.ts";

/** Makes the collective of a transport. */
export function collectiveOver(transport: Transport): Collective {
  const { rank, size } = transport, agree = agreement(transport);
  let closed = false;
  /** Throws if the collective is closed. */
  const checkOpen = (action: string): void => {
    if (!closed) return;
    throw new Error(`Cannot ${action}: the collective is closed: it must be open; call close() at the end`);
  };
  const totals = { name: "sum", agree, replace: transport.sum };
  const sums = <T extends TensorTree<T>>(action: string, tree: T, finish: (t: Tensor) => Tensor): T => {
    checkOpen(`${action} over ranks`);
    const tensors = checkTensors(action, tree);
    if (tensors.length === 0) agree("sum nothing");
    const results = exchangeTensors(totals, tensors);
    let next = 0;
    return mapTensors(() => finish(results[next++]!), tree);
  };
  const broadcast = <T>(tree: T, root = 0): T => {
    checkOpen("broadcast to other ranks");
    checkRoot(root, size);
    const name = `broadcast from rank ${root}`,
      replace = (numbers: Numbers) => transport.broadcast(numbers, root);
    const leaves = checkSent(tree);
    checkNumbersAreKnown(leaves);
    const numbers = Float64Array.from(leaves.filter((leaf) => typeof leaf === "number"));
    const rest = leaves.map((leaf) => isTensor(leaf) ? "" : typeof leaf === "number" ? "number" : JSON.stringify(leaf));
    agree(`${name} a tree of ${leaves.length} leaves: ${rest.filter((text) => text !== "").join(" ") || "tensors"}`);
    if (numbers.length > 0) replace(numbers);
    const tensors = leaves.filter((leaf) => isTensor(leaf));
    const results = exchangeTensors({ name, agree, replace }, tensors.map((t) => stopGradient<Tensor["dtype"]>(t)));
    let nextNumber = 0, nextTensor = 0;
    // The same structure, with a leaf of the same kind in each place.
    return map<unknown, unknown>((leaf) => {
      if (typeof leaf === "number") return numbers[nextNumber++];
      if (!isTensor(leaf)) return leaf;
      const result = results[nextTensor++]!;
      return leaf.tag === "variable" ? variableOf(innerView(result)) : result;
    }, tree as Tree<unknown>) as T; // checked above
  };
  return Object.freeze<Collective>({
    rank,
    size,
    sum: (tree) => sums("sum", tree, (t) => t),
    mean: (tree) => sums("mean", tree, (t) => scale(t, 1 / size)),
    broadcast,
    barrier: () => {
      checkOpen("wait for other ranks");
      compare(transport, "wait for all ranks"); // if another rank is about to exchange something new, both get an error
    },
    close: () => {
      if (closed) return;
      compare(transport, "close the collective");
      closed = true;
      transport.close();
    },
  });
}
