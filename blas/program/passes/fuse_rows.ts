/**
 * Fusion into rows: loops that read the elements computed by rows run while the row is in the cache.
 *
 * @module
 */
import type { RowsOperation } from "../operations/rows.ts";
import { sizeOf } from "../../shape.ts";
import type { Draft, DraftInstruction } from "./draft.ts";
import { type Graph, graphOf, type Node } from "./graph.ts";
import { isWanted, joinedTypes, joinLoops, readsInPassing } from "./join_loops.ts";

/**
 * Makes loops over the elements of rows outputs of the rows. A value that other instructions need too stays an output.
 */
export function fuseRows(draft: Draft): Draft {
  if (!readsRows(draft)) return draft;
  const graph = graphOf(draft);
  let changed = false;
  for (const node of graph.nodes()) {
    if (node.position < 0) continue;
    for (let now: Node | undefined = node; now !== undefined;) {
      now = withReader(graph, now);
      if (now !== undefined) changed = true;
    }
  }
  return changed ? graph.draft() : draft;
}

/** Tells whether a loop reads a value that rows compute for each element. */
function readsRows({ steps }: Draft): boolean {
  const computed = new Set<number>();
  return steps.some(({ operation, values }) => {
    if (operation.kind === "rows") values.forEach((value, k) => operation.perRow[k] || computed.add(value));
    return operation.kind === "map" && operation.loop.operands.some(({ value }) => computed.has(value));
  });
}

/** Joins rows with one loop that reads them, and returns the node of both; `undefined` if there is no such loop. */
function withReader(graph: Graph, node: Node): Node | undefined {
  const { step } = node, { operation } = step;
  if (operation.kind !== "rows") return undefined;
  for (const value of step.values) {
    for (const reader of graph.readers(value)) {
      if (reader.step.operation.kind !== "map") continue;
      if (graph.join(node, reader, () => joined(graph, step, operation, reader))) return reader; // in its place
    }
  }
  return undefined;
}

function joined(
  graph: Graph,
  first: DraftInstruction,
  rows: RowsOperation,
  reader: Node,
): DraftInstruction | undefined {
  const { step: second } = reader;
  if (second.operation.kind !== "map") return undefined;
  const { loop } = second.operation, stages = rows.reductions.map((_, k) => FIRST_STAGE_VALUE - k);
  if (sizeOf(loop.shape) !== sizeOf(rows.loop.shape) || !readsInPassing(loop, first.values)) return undefined;
  // An output with one number for each row stays separate, even if rows have one element.
  if (loop.operands.some(({ value }) => rows.perRow[first.values.indexOf(value)] === true)) return undefined;
  const both = joinLoops(
    { loop: rows.loop, values: [...stages, ...first.values] },
    { loop, values: second.values },
    (value) => stages.includes(value) || isWanted(graph, value, reader),
  );
  if (both === undefined) return undefined;
  const values = both.values.slice(stages.length);
  const perRow = values.map((value) => rows.perRow[first.values.indexOf(value)] ?? false);
  return { ...joinedTypes(values, first, second), operation: { ...rows, perRow, loop: both.loop } };
}

/** Stands for the result of stage 0 in lists of values; no value of a program has this number. */
const FIRST_STAGE_VALUE = -1000;
