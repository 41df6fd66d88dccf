/**
 * Collectives over anything that carries numbers.
 *
 * @module
 */
import { describe } from "../../blas/describe.ts";
import { scale } from "../../autograd/ops/arithmetic.ts";
import { stopGradient } from "../../autograd/stop_gradient.ts";
import { isTensor, type Tensor, variableOf } from "../../autograd/tensor.ts";
import { innerView } from "../../autograd/tensor_record.ts";
import { mapTensors, type TensorTree } from "../../autograd/tree/parameter_tree.ts";
import { entries, map, type Tree } from "../../autograd/tree/tree.ts";
import { agreement, compare } from "./agreement.ts";
import { checkRoot, checkTensors } from "./check_exchanged.ts";
import type { Collective, SentLeaf } from "./collective.ts";
import { exchangeTensors } from "./exchange.ts";
import type { Transport } from "./transport.ts";

/** Makes the collective of a transport. */
export function collectiveOver(transport: Transport): Collective {
  const { rank, size } = transport, agree = agreement(transport);
  let closed = false;
  /** Throws if the collective is closed. */
  const checkOpen = (action: string): void => {
    if (!closed) return;
    throw new Error(`Cannot ${action} over ranks: the collective is closed: it must be open; call close() at the end`);
  };
  const totals = { name: "sum", agree, replace: transport.sum };
  const sums = <T extends TensorTree<T>>(action: string, tree: T, finish: (t: Tensor) => Tensor): T => {
    checkOpen(action);
    const tensors = checkTensors(action, tree);
    if (tensors.length === 0) agree("sum nothing");
    const results = exchangeTensors(totals, tensors);
    let next = 0;
    return mapTensors(() => finish(results[next++]!), tree);
  };
  const broadcast = <T>(tree: T, root = 0): T => {
    checkOpen("broadcast");
    checkRoot(root, size);
    const name = `broadcast from rank ${root}`,
      replace = (numbers: Parameters<Transport["sum"]>[0]) => transport.broadcast(numbers, root);
    const leaves = entries<unknown>(tree as Tree<unknown>).map(([path, leaf]) => checkSent(path, leaf));
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
    }, tree as Tree<unknown>) as T;
  };
  return Object.freeze<Collective>({
    rank,
    size,
    sum: (tree) => sums("sum", tree, (t) => t),
    mean: (tree) => sums("mean", tree, (t) => scale(t, 1 / size)),
    broadcast,
    barrier: () => {
      checkOpen("wait");
      compare(transport, "wait for all ranks"); // no rank may be about to do something else, which would wait forever
    },
    close: () => {
      if (closed) return;
      compare(transport, "close the collective");
      closed = true;
      transport.close();
    },
  });
}

/** Returns a leaf if it can be sent. */
function checkSent(path: string, leaf: unknown): SentLeaf {
  if (isTensor(leaf) || leaf === null || ["number", "string", "boolean"].includes(typeof leaf)) return leaf as SentLeaf;
  throw new TypeError(
    `Cannot broadcast ${describe(leaf)}${
      path === "" ? "" : ` at "${path}"`
    }: leaves must be tensors, numbers, texts or ` +
      "truth values; leave it out",
  );
}
