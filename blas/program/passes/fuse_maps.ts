/**
 * Fusion of loops: values that one loop computes and another reads stay in registers.
 *
 * @module
 */
import { argumentsOf, comparedArgumentsOf } from "../../scalar/arguments.ts";
import { sameShape, sizeOf } from "../../shape.ts";
import { sameOperand } from "../operand.ts";
import { mapLoops, operandsOf } from "../operands.ts";
import type { Loop, Operand } from "../program.ts";
import { composeOperands, readsOwnIndex, reshapeOperand } from "../compose.ts";
import type { Draft } from "./draft.ts";
import { type Graph, graphOf, type Node } from "./graph.ts";
import { canBeFollowed, isWanted, joinedTypes, joinLoops, readsEachOnce, readsInPassing } from "./join_loops.ts";
import { costUpTo } from "./expression_facts.ts";
import { type Inlined, inlineOperands } from "./loops.ts";

/** The most additions, over all elements, that may be repeated to avoid a loop that computes them once. */
const REPEATED_WORK = 512;
/** An expression that costs more is not computed twice, whatever it saves. */
const REPEATED_COST = 3;
/** The largest number of loops reading one value that are tried for joining with another loop. */
const MAX_SIBLINGS = 16;

/**
 * Computes the values that only one loop reads inside that loop; joins loops over the same indices that share operands
 * or read each other's results; and computes cheap values twice if they then need not be stored.
 */
export function fuseMaps(draft: Draft): Draft {
  const graph = graphOf(draft);
  let changed = false;
  const each = (fuse: (node: Node) => boolean): void => {
    for (const node of graph.nodes()) if (node.position >= 0 && fuse(node)) changed = true;
  };
  each((node) => inlineIntoReaders(graph, node, "one reader"));
  each((node) => joinWithProducers(graph, node));
  each(joinWithSiblings(graph));
  each(joinTinyLoops(graph));
  each((node) => inlineIntoReaders(graph, node, "several readers"));
  return changed ? graph.draft() : draft;
}

/** Computes a loop's only result inside all loops that read it, if that is allowed and worth it. */
function inlineIntoReaders(graph: Graph, node: Node, which: "one reader" | "several readers"): boolean {
  const { step } = node;
  if (step.operation.kind !== "map" || step.values.length !== 1 || graph.isResult(step.values[0]!)) return false;
  const value = step.values[0]!, readers = graph.readers(value);
  if (readers.size === 0 || (readers.size === 1) !== (which === "one reader")) return false;
  const { loop } = step.operation;
  if (!isWorth(graph, loop, value, readers)) return false;
  const inlined: (() => void)[] = [];
  for (const reader of readers) {
    const loops = inlinedLoops(graph.loopsReading(reader, value), value, loop);
    if (loops === undefined) return false;
    if (reader.step.operation.kind === "join") {
      inlined.push(() => graph.replaceParts(reader, value, loops));
      continue;
    }
    const operation = mapLoops(reader.step.operation, (own) => loops.get(own) ?? own);
    if (operandsOf(operation).some((operand) => operand.value === value)) return false; // it is read elsewhere too
    inlined.push(() => graph.replace(reader, { ...reader.step, operation }));
  }
  inlined.forEach((replace) => replace());
  graph.remove(node);
  return true;
}

function isWorth(graph: Graph, loop: Loop, value: number, readers: ReadonlySet<Node>): boolean {
  const cost = costUpTo(loop.expressions[0]!, REPEATED_COST), size = sizeOf(loop.shape);
  let work = -size, largest = 0;
  for (const reader of readers) {
    for (const reading of graph.loopsReading(reader, value)) {
      const own = reading.operands.filter((operand) => operand.value === value);
      // In rows, each pass that reads the value computes it again; elsewhere, each operand that shows other elements does.
      const times = reader.step.operation.kind === "rows" ? timesRead(reading, own) : own.length;
      work += sizeOf(reading.shape) * times;
      largest = Math.max(largest, sizeOf(reading.shape));
      if (readers.size > 1 && own.some((operand) => isCompared(reading, operand))) return false;
    }
  }
  if (readers.size > 1) {
    // The epilogue of a product or a reduction computes this at no extra cost.
    if (leadersOf(graph, loop).some((leader) => leader.step.values.every((own) => graph.readers(own).size === 1))) {
      return false;
    }
    // Reading one array in place of another costs nothing; reading two in place of one does.
    if (cost > REPEATED_COST || largest > size || loop.operands.filter(readsEachOnce).length > 1) return false;
    return true;
  }
  if (work <= 0 || cost === 0) return true;
  // A loop that follows a reduction or a product belongs in its epilogue, where it is computed once.
  return leadersOf(graph, loop).length === 0 && cost <= REPEATED_COST && cost * work <= REPEATED_WORK;
}

/** Counts the expressions of a loop that read any of some operands. */
function timesRead({ expressions, operands }: Loop, some: readonly Operand[]): number {
  return expressions.filter((x) => argumentsOf(x).some((index) => some.includes(operands[index]!))).length;
}

/** Tells whether recomputed numbers, which may be rounded differently, would be compared with stored ones. */
function isCompared(loop: Loop, operand: Operand): boolean {
  const index = loop.operands.indexOf(operand);
  return loop.expressions.some((x) => comparedArgumentsOf(x).includes(index));
}

/** Returns, for each of some loops, one that computes a value itself; `undefined` if there are none, or strides forbid it. */
function inlinedLoops(loops: readonly Loop[], value: number, producer: Loop): ReadonlyMap<Loop, Loop> | undefined {
  const [expression] = producer.expressions, inlined = new Map<Loop, Loop>();
  for (const loop of loops) {
    const made = inlineOperands(loop, (operand): Inlined | undefined => {
      if (operand.value !== value) return undefined;
      const operands = producer.operands.map((inner) => composeOperands(operand, inner));
      return operands.every((inner) => inner !== undefined) ? { expression: expression!, operands } : undefined;
    });
    if (made === undefined || made.operands.some((operand) => operand.value === value)) return undefined;
    inlined.set(loop, made);
  }
  return inlined.size === 0 ? undefined : inlined;
}

/** Joins a loop with the loops over the same indices that compute values which it and others read. */
function joinWithProducers(graph: Graph, node: Node): boolean {
  if (node.step.operation.kind !== "map") return false;
  let joined = false;
  for (let again = true; again;) {
    again = false;
    for (const { value } of operandsOf(node.step.operation)) {
      const producer = graph.producer(value);
      if (producer === undefined || !tryJoin(graph, producer, node)) continue;
      joined = again = true;
      break;
    }
  }
  return joined;
}

/**
 * Joins a loop with earlier loops over the same indices that read some of the same arrays; if many loops read one
 * array, only the latest are tried.
 */
function joinWithSiblings(graph: Graph): (node: Node) => boolean {
  /** The previous loops that read a value, the latest last. */
  const earlier = new Map<number, Node[]>();
  const latest = (value: number): readonly Node[] => {
    const all = earlier.get(value) ?? [], found: Node[] = [];
    while (found.length < MAX_SIBLINGS && all.length > 0) {
      const last = all.pop()!;
      if (last.position >= 0) found.push(last); // otherwise it has been joined
    }
    all.push(...found.reverse());
    return found;
  };
  const remember = (value: number, node: Node): void => {
    const known = earlier.get(value);
    if (known === undefined) earlier.set(value, [node]);
    else known.push(node);
  };
  return (node) => {
    if (node.step.operation.kind !== "map") return false;
    let joined = false;
    for (const operand of node.step.operation.loop.operands) {
      if (!readsEachOnce(operand)) continue;
      const readers = graph.readers(operand.value);
      for (const other of readers.size <= MAX_SIBLINGS ? [...readers] : latest(operand.value)) {
        // A loop that has just been joined with this one, by way of another operand, is gone.
        if (other.position < 0 || other.position >= node.position || !readsAlike(other, operand)) continue;
        if (tryJoin(graph, other, node)) joined = true;
      }
    }
    for (const value of new Set(operandsOf(node.step.operation).map((own) => own.value))) remember(value, node);
    return joined;
  };
}

/** Tells whether a loop reads the elements of an operand at the same indices. */
function readsAlike({ step: { operation } }: Node, operand: Operand): boolean {
  return operation.kind === "map" && operation.loop.operands.some((own) => {
    const aligned = own.value === operand.value && sizeOf(own.shape) === sizeOf(operand.shape) &&
      reshapeOperand(own, operand.shape);
    return aligned && sameOperand(aligned, operand);
  });
}

/** Joins loops that compute single numbers, whatever they read: calling them takes longer than computing them. */
function joinTinyLoops(graph: Graph): (node: Node) => boolean {
  const last = new Map<string, Node>();
  return (node) => {
    const { operation, results } = node.step;
    if (operation.kind !== "map" || sizeOf(operation.loop.shape) !== 1) return false;
    const { dtype } = results[0]!, other = last.get(dtype);
    const joined = other !== undefined && other.position >= 0 && tryJoin(graph, other, node);
    last.set(dtype, node);
    return joined;
  };
}

/** Joins two loops unless another instruction reads the first and is read by the second. */
function tryJoin(graph: Graph, one: Node, other: Node): boolean {
  const [early, late] = one.position < other.position ? [one, other] : [other, one];
  const first = early.step, second = late.step;
  if (early === late || first.operation.kind !== "map" || second.operation.kind !== "map") return false;
  const a = first.operation.loop, b = second.operation.loop;
  if (sizeOf(a.shape) !== sizeOf(b.shape) || !readsInPassing(b, first.values)) return false;
  const leaders = new Set([...leadersOf(graph, a), ...leadersOf(graph, b)]);
  leaders.delete(early);
  if (leaders.size > 1) return false;
  return graph.join(early, late, () => {
    const both = [{ loop: a, values: first.values }, { loop: b, values: second.values }] as const;
    const wanted = (value: number) => isWanted(graph, value, late);
    const joined = joinLoops(...both, wanted) ??
      (sameShape(a.shape, b.shape) ? undefined : joinLoops(...both, wanted, b.shape));
    return joined && { ...joinedTypes(joined.values, first, second), operation: { kind: "map", loop: joined.loop } };
  });
}

/** Finds the products and reductions whose epilogue a loop could be. */
function leadersOf(graph: Graph, loop: Loop): readonly Node[] {
  const leaders: Node[] = [];
  for (const operand of loop.operands) {
    const producer = graph.producer(operand.value);
    if (producer === undefined || !canBeFollowed(producer.step)) continue;
    if (readsOwnIndex(operand, loop.shape)) leaders.push(producer);
  }
  return leaders;
}
