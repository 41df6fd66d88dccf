/**
 * The steps of a program with who reads whom, for passes that make several steps one.
 *
 * A graph lives inside one pass, which changes it step by step.
 *
 * @module
 */
import { operandsOf } from "../operands.ts";
import type { Program } from "../program.ts";
import { type Draft, type DraftInstruction, draftOf, programOf } from "./draft.ts";

/** How many steps may lie between two that are made one: looking through more would take too long. */
const MAX_DISTANCE = 4096;

/** A place for a step in a graph. */
export type Node = {
  /** The step there at present. */
  step: DraftInstruction;
  /** Where it stands in the order; -1 once it is gone. */
  position: number;
};

/** Steps and who reads whom. */
export type Graph = {
  /** In an order in which every value is computed before it is read; `undefined` where a step has gone. */
  readonly nodes: (Node | undefined)[];
  /** The node that computes a value, if one does. */
  readonly producer: (value: number) => Node | undefined;
  /** The nodes that read a value. */
  readonly readers: (value: number) => ReadonlySet<Node>;
  /** Whether a value is a result of the program. */
  readonly isResult: (value: number) => boolean;
  /** Puts another step in a place. It must read nothing that is computed later. */
  readonly replace: (node: Node, step: DraftInstruction) => void;
  /** Takes a step out. */
  readonly remove: (node: Node) => void;
  /**
   * Puts one step in place of two, at the place of the later one; what reads the earlier one's results moves behind it. Does
   * nothing and gives `false` if something reads the earlier one and is read by the later one.
   */
  readonly join: (early: Node, late: Node, make: () => DraftInstruction | undefined) => boolean;
  /** The program now. */
  readonly program: () => Program;
};

const NOBODY: ReadonlySet<Node> = new Set();

/** The graph of a program. */
export function graphOf(program: Program): Graph {
  const draft = draftOf(program), results = new Set(draft.results);
  const producers = new Map<number, Node>(), readers = new Map<number, Set<Node>>();
  const nodes: (Node | undefined)[] = draft.steps.map((step, position): Node => ({ step, position }));
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
  for (const node of nodes) connect(node!);

  const replace = (node: Node, step: DraftInstruction): void => {
    disconnect(node);
    node.step = step;
    connect(node);
  };
  const remove = (node: Node): void => {
    disconnect(node);
    nodes[node.position] = undefined;
    node.position = -1;
  };
  /** What has to move behind a node if another one joins it; `undefined` if the node reads some of that. */
  const dependentsBetween = (early: Node, late: Node): readonly Node[] | undefined => {
    if (late.position - early.position > MAX_DISTANCE) return undefined;
    const tainted = new Set(early.step.values), moved: Node[] = [];
    for (let k = early.position + 1; k < late.position; k++) {
      const node = nodes[k];
      if (node === undefined || !operandsOf(node.step.operation).some(({ value }) => tainted.has(value))) continue;
      moved.push(node);
      for (const value of node.step.values) tainted.add(value);
    }
    for (const value of early.step.values) tainted.delete(value);
    return operandsOf(late.step.operation).some(({ value }) => tainted.has(value)) ? undefined : moved;
  };
  const join = (early: Node, late: Node, make: () => DraftInstruction | undefined): boolean => {
    const moved = dependentsBetween(early, late), step = moved && make();
    if (moved === undefined || step === undefined) return false;
    const gone = new Set<Node>(moved), stay: (Node | undefined)[] = [];
    const start = early.position, end = late.position;
    for (let k = start + 1; k < end; k++) if (nodes[k] !== undefined && !gone.has(nodes[k]!)) stay.push(nodes[k]);
    disconnect(early);
    replace(late, step);
    const order = [...stay, late, ...moved];
    for (let k = start; k <= end; k++) {
      const node = order[k - start];
      nodes[k] = node;
      if (node !== undefined) node.position = k;
    }
    early.position = -1;
    return true;
  };
  return {
    nodes,
    producer: (value) => producers.get(value),
    readers: (value) => readers.get(value) ?? NOBODY,
    isResult: (value) => results.has(value),
    replace,
    remove,
    join,
    program: () => programOf({ ...draft, steps: stepsOf(nodes) } satisfies Draft),
  };
}

const stepsOf = (nodes: readonly (Node | undefined)[]): readonly DraftInstruction[] =>
  nodes.flatMap((node) => node === undefined ? [] : [node.step]);
