/**
 * A graph of a program's steps and their readers, for passes that merge steps.
 *
 * A graph lives inside one pass, which changes it step by step.
 *
 * @module
 */
import { exchanges } from "../bodies.ts";
import { loopsOf, operandsOf } from "../operands.ts";
import type { Loop } from "../program.ts";
import type { Draft, DraftInstruction } from "./draft.ts";
import { type Node, nodeListOf } from "./node_list.ts";
import { type OpenJoin, openJoin } from "./open_join.ts";

export type { Node };

/**
 * The most edges that are followed to find what must move if two steps are merged: following more would take too long.
 */
const MAX_READINGS = 1024;

/** Steps and their readers. */
export type Graph = {
  /** Lists the nodes in an order in which every value is computed before it is read. */
  readonly nodes: () => readonly Node[];
  /** The node that computes a value, if one does. */
  readonly producer: (value: number) => Node | undefined;
  /** The nodes that read a value. */
  readonly readers: (value: number) => ReadonlySet<Node>;
  /** Whether a value is a result of the program. */
  readonly isResult: (value: number) => boolean;
  /** Returns the loops of a node's step that read a value. */
  readonly loopsReading: (node: Node, value: number) => readonly Loop[];
  /** Replaces the parts of a join that read a value by others that do not; the node must be a join. */
  readonly replaceParts: (node: Node, value: number, loops: ReadonlyMap<Loop, Loop>) => void;
  /** Replaces the step of a node. The new step must not read anything that is computed later. */
  readonly replace: (node: Node, step: DraftInstruction) => void;
  /** Removes a step. */
  readonly remove: (node: Node) => void;
  /**
   * Replaces two steps by one, at the position of the later one; readers of the earlier one's results move behind it.
   * Does nothing and returns `false` if a step reads the earlier one and is read by the later one, if an exchange would have
   * to move, or if too many steps lie between them.
   */
  readonly join: (early: Node, late: Node, make: () => DraftInstruction | undefined) => boolean;
  /** Returns the draft in its present state. */
  readonly draft: () => Draft;
};

const NOBODY: ReadonlySet<Node> = new Set();

/** Returns the graph of a draft. */
export function graphOf(draft: Draft): Graph {
  const results = new Set(draft.results), list = nodeListOf(draft.steps);
  // Few programs have any, and to find out takes going through the bodies of loops.
  const mustStay = draft.steps.some(({ operation }) => exchanges(operation)) ? exchanges : () => false;
  /** By value. */
  const producers: (Node | undefined)[] = [], readers: (Set<Node> | undefined)[] = [];
  const readersOf = (value: number): ReadonlySet<Node> => readers[value] ?? NOBODY;
  const readersFor = (value: number): Set<Node> => readers[value] ??= new Set();
  const connect = (node: Node): void => {
    const { values, operation } = node.step, operands = operandsOf(operation);
    for (let k = 0; k < values.length; k++) producers[values[k]!] = node;
    for (let k = 0; k < operands.length; k++) readersFor(operands[k]!.value).add(node);
  };
  const disconnect = (node: Node): void => {
    for (const value of node.step.values) if (producers[value] === node) producers[value] = undefined;
    for (const { value } of operandsOf(node.step.operation)) readers[value]?.delete(node);
  };
  /** Joins may have as many parts as the program has steps: each is opened once, and closed at the end. */
  const joins = new Map<Node, OpenJoin>();
  for (const node of list.nodes()) {
    connect(node);
    if (node.step.operation.kind === "join") joins.set(node, openJoin(node.step.operation.parts));
  }
  const loopsReading = (node: Node, value: number): readonly Loop[] => {
    const join = joins.get(node);
    if (join !== undefined) return join.reading(value).map((place) => join.parts[place]!.loop);
    return loopsOf(node.step.operation).filter(({ operands }) => operands.some((operand) => operand.value === value));
  };
  const replaceParts = (node: Node, value: number, loops: ReadonlyMap<Loop, Loop>): void => {
    const join = joins.get(node)!;
    for (const place of join.reading(value)) {
      const { added, gone } = join.replace(place, loops.get(join.parts[place]!.loop)!);
      for (const other of added) readersFor(other).add(node);
      for (const other of gone) readers[other]?.delete(node);
    }
  };
  const closed = (node: Node): DraftInstruction => {
    const join = joins.get(node), { operation } = node.step;
    return join === undefined || operation.kind !== "join"
      ? node.step
      : { ...node.step, operation: { ...operation, parts: join.parts } };
  };

  const replace = (node: Node, step: DraftInstruction): void => {
    disconnect(node);
    node.step = step;
    connect(node);
  };
  const remove = (node: Node): void => {
    disconnect(node);
    list.remove(node);
  };
  /**
   * Returns the nodes that must move behind a node if another one is merged into it, in order; `undefined` if the node
   * reads one of them, or one of them exchanges: exchanges stay where they are.
   */
  const dependentsBetween = (early: Node, late: Node): readonly Node[] | undefined => {
    const found = new Set<Node>(), open = [early];
    let readings = 0;
    // Breadth-first: if the later node reads one of these, it is rarely far away.
    for (const node of open) {
      for (const value of node.step.values) {
        for (const reader of readersOf(value)) {
          if (++readings > MAX_READINGS || (reader === late && node !== early)) return undefined;
          if (reader.position >= late.position || found.has(reader)) continue;
          if (mustStay(reader.step.operation)) return undefined;
          found.add(reader);
          open.push(reader);
        }
      }
    }
    return [...found].sort((a, b) => a.position - b.position);
  };
  const join = (early: Node, late: Node, make: () => DraftInstruction | undefined): boolean => {
    const moved = dependentsBetween(early, late), step = moved && make();
    if (moved === undefined || step === undefined) return false;
    remove(early);
    replace(late, step);
    list.moveBehind(late, moved);
    return true;
  };
  return {
    nodes: list.nodes,
    producer: (value) => producers[value],
    readers: readersOf,
    loopsReading,
    replaceParts,
    isResult: (value) => results.has(value),
    replace,
    remove,
    join,
    draft: () => ({ ...draft, steps: list.nodes().map(closed) }),
  };
}
