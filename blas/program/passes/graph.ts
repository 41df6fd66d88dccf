/**
 * A graph of a program's steps and their readers, for passes that merge steps.
 *
 * A graph lives inside one pass, which changes it step by step.
 *
 * @module
 */
import { operandsOf } from "../operands.ts";
import type { Program } from "../program.ts";
import { type Draft, type DraftInstruction, draftOf, programOf } from "./draft.ts";
import { type Node, nodeListOf } from "./node_list.ts";

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
  /** Replaces the step of a node. The new step must not read anything that is computed later. */
  readonly replace: (node: Node, step: DraftInstruction) => void;
  /** Removes a step. */
  readonly remove: (node: Node) => void;
  /**
   * Replaces two steps by one, at the position of the later one; readers of the earlier one's results move behind it.
   * Does nothing and returns `false` if a step reads the earlier one and is read by the later one, or if too many steps
   * lie between them.
   */
  readonly join: (early: Node, late: Node, make: () => DraftInstruction | undefined) => boolean;
  /** Returns the program in its present state. */
  readonly program: () => Program;
};

const NOBODY: ReadonlySet<Node> = new Set();

/** Returns the graph of a program. */
export function graphOf(program: Program): Graph {
  const draft = draftOf(program), results = new Set(draft.results), list = nodeListOf(draft.steps);
  const producers = new Map<number, Node>(), readers = new Map<number, Set<Node>>();
  const readersOf = (value: number): ReadonlySet<Node> => readers.get(value) ?? NOBODY;
  const connect = (node: Node): void => {
    for (const value of node.step.values) producers.set(value, node);
    for (const { value } of operandsOf(node.step.operation)) {
      const known = readers.get(value);
      if (known === undefined) readers.set(value, new Set([node]));
      else known.add(node);
    }
  };
  const disconnect = (node: Node): void => {
    for (const value of node.step.values) if (producers.get(value) === node) producers.delete(value);
    for (const { value } of operandsOf(node.step.operation)) readers.get(value)?.delete(node);
  };
  list.nodes().forEach(connect);

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
   * reads one of them.
   */
  const dependentsBetween = (early: Node, late: Node): readonly Node[] | undefined => {
    const found = new Set<Node>(), open = [early];
    let readings = 0;
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      for (const value of node.step.values) {
        for (const reader of readersOf(value)) {
          if (++readings > MAX_READINGS || (reader === late && node !== early)) return undefined;
          if (reader.position >= late.position || found.has(reader)) continue;
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
    producer: (value) => producers.get(value),
    readers: readersOf,
    isResult: (value) => results.has(value),
    replace,
    remove,
    join,
    program: () => programOf({ ...draft, steps: list.nodes().map(({ step }) => step) } satisfies Draft),
  };
}
