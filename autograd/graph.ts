/**
 * The order in which a graph is differentiated.
 *
 * @module
 */
import { GraphCycleError } from "./errors.ts";
import type { Node, Tensor } from "./tensor.ts";

/**
 * Lists the tracked tensors that a root depends on, each once, inputs before the tensors that use them. It does not
 * recurse, so chains may have any length.
 *
 * @param root Where to start.
 * @param isLeaf Tensors to list without following their inputs.
 * @throws {GraphCycleError} If a node depends on itself.
 */
export function topologicalOrder(root: Tensor, isLeaf: (t: Tensor) => boolean): readonly Tensor[] {
  return topologicalOrderOf([root], isLeaf);
}

/** Lists like {@link topologicalOrder}, for several roots: tensors that they share are listed once. */
export function topologicalOrderOf(roots: Iterable<Tensor>, isLeaf: (t: Tensor) => boolean): readonly Tensor[] {
  const order: Tensor[] = [], state = new Map<Tensor, "open" | "done">();
  for (const root of roots) if (root.requiresGrad && !state.has(root)) visit(root, isLeaf, order, state);
  return order;
}

function visit(
  root: Tensor,
  isLeaf: (t: Tensor) => boolean,
  order: Tensor[],
  state: Map<Tensor, "open" | "done">,
): void {
  // For each tensor on the path, the number of its inputs that have been visited.
  const path: { readonly tensor: Tensor; next: number }[] = [{ tensor: root, next: 0 }];
  state.set(root, "open");
  while (path.length > 0) {
    const top = path[path.length - 1]!, { tensor } = top;
    const inputs = tensor.tag === "node" && !isLeaf(tensor) ? tensor.inputs : [];
    if (top.next === inputs.length) {
      state.set(tensor, "done");
      order.push(tensor);
      path.pop();
      continue;
    }
    const input = inputs[top.next++]!;
    if (!input.requiresGrad || state.get(input) === "done") continue;
    if (state.get(input) === "open") throw cycleError(path.map(({ tensor }) => tensor), input);
    state.set(input, "open");
    path.push({ tensor: input, next: 0 });
  }
}

function cycleError(path: readonly Tensor[], repeated: Tensor): GraphCycleError {
  const cycle = path.slice(path.indexOf(repeated)).reverse();
  // Only nodes have operands, so that all tensors of a cycle are nodes.
  return new GraphCycleError(cycle.map((tensor) => (tensor as Node).primitive.name));
}
