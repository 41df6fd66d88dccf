/**
 * Fusion of epilogues: loops that read a product, a convolution or a reduction are computed together with it.
 *
 * @module
 */
import { argument } from "../../scalar/scalar.ts";
import { epilogueInput } from "../operand.ts";
import { epilogueOf } from "../operands.ts";
import { kindOf } from "../operations/mod.ts";
import type { Loop, Operation } from "../program.ts";
import { sameShape, sizeOf } from "../../shape.ts";
import type { Draft, DraftInstruction } from "./draft.ts";
import { type Graph, graphOf, type Node } from "./graph.ts";
import { canBeFollowed, isWanted, joinedTypes, joinLoops, readsInPassing } from "./join_loops.ts";

/**
 * Makes loops over the indices of a matrix product, a convolution or a reduction its epilogue. A value that other
 * instructions need too becomes another result.
 */
export function fuseEpilogue(draft: Draft): Draft {
  if (!hasReader(draft)) return draft;
  const graph = graphOf(draft);
  let changed = false;
  for (const node of graph.nodes()) {
    if (node.position < 0 || !canBeFollowed(node.step)) continue;
    if (follow(graph, node)) changed = true;
  }
  return changed ? graph.draft() : draft;
}

/** Tells whether a loop reads the result of an instruction that can have an epilogue. */
function hasReader({ steps }: Draft): boolean {
  const computed = new Set<number>();
  return steps.some((step) => {
    if (canBeFollowed(step)) { for (const value of step.values) computed.add(value); }
    return step.operation.kind === "map" && step.operation.loop.operands.some(({ value }) => computed.has(value));
  });
}

/** Adds all loops that can be epilogues of an instruction, one after another. */
function follow(graph: Graph, node: Node): boolean {
  for (const value of node.step.values) {
    for (const reader of graph.readers(value)) {
      if (reader.step.operation.kind !== "map" || !graph.join(node, reader, () => joined(graph, node.step, reader))) {
        continue;
      }
      // The joined step is where the reader was.
      follow(graph, reader);
      return true;
    }
  }
  return false;
}

function joined(graph: Graph, step: DraftInstruction, reader: Node): DraftInstruction | undefined {
  const { step: second } = reader, epilogue = epilogueFor(step);
  if (second.operation.kind !== "map") return undefined;
  const { loop } = second.operation;
  if (sizeOf(epilogue.shape) !== sizeOf(loop.shape) || !readsInPassing(loop, step.values)) return undefined;
  const both = joinLoops(
    { loop: epilogue, values: step.values },
    { loop, values: second.values },
    (value) => isWanted(graph, value, reader),
  );
  if (both === undefined) return undefined;
  const { values, results } = joinedTypes(both.values, step, second);
  // An epilogue of a product has the product's shape, which only matters for results of the program.
  const { shape } = epilogue, free = kindOf(step.operation).anyShape;
  if (!free && values.some((value, k) => graph.isResult(value) && !sameShape(results[k]!.shape, shape))) {
    return undefined;
  }
  return {
    values,
    results: free ? results : results.map(({ dtype }) => ({ dtype, shape })),
    operation: { ...step.operation, epilogue: both.loop } as Operation, // the same kind of operation, with an epilogue
  };
}

/** Returns the epilogue of an instruction, or a loop that copies the result if it has none. */
function epilogueFor({ operation, results }: DraftInstruction): Loop {
  const epilogue = epilogueOf(operation);
  if (epilogue !== undefined) return epilogue;
  const shape = kindOf(operation).epilogueShape(operation, results)!;
  return { shape, operands: [epilogueInput(shape)], expressions: [argument(0)] };
}
