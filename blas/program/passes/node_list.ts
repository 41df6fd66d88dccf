/**
 * A list of nodes whose order changes. Comparing the positions of two nodes, and moving a node, take constant time.
 *
 * @module
 */
import type { DraftInstruction } from "./draft.ts";

/** A node, which holds a step of a program. */
export type Node = {
  /** The step that it holds at present. */
  step: DraftInstruction;
  /** Larger than the position of every node before it; -1 once the node is removed. */
  position: number;
};

/** Nodes in an order. */
export type NodeList = {
  /** Lists the nodes. */
  readonly nodes: () => readonly Node[];
  /** Removes a node. */
  readonly remove: (node: Node) => void;
  /** Moves nodes behind another one, in the given order. */
  readonly moveBehind: (node: Node, moved: readonly Node[]) => void;
};

/** Lists steps in their order. */
export function nodeListOf(steps: readonly DraftInstruction[]): NodeList {
  const next = new Map<Node, Node | undefined>(), previous = new Map<Node, Node | undefined>();
  let first: Node | undefined, last: Node | undefined;
  for (const step of steps) {
    const node: Node = { step, position: (last?.position ?? 0) + 1 };
    link(last, node);
    last = node;
  }
  link(last, undefined);

  function link(before: Node | undefined, after: Node | undefined): void {
    if (before === undefined) first = after;
    else next.set(before, after);
    if (after !== undefined) previous.set(after, before);
  }
  const nodes = (): readonly Node[] => {
    const all: Node[] = [];
    for (let node = first; node !== undefined; node = next.get(node)) all.push(node);
    return all;
  };
  const remove = (node: Node): void => {
    link(previous.get(node), next.get(node));
    node.position = -1;
  };
  const moveBehind = (node: Node, moved: readonly Node[]): void => {
    if (moved.length === 0) return;
    moved.forEach(remove);
    const after = next.get(node), start = node.position, end = after?.position ?? start + moved.length + 1;
    let before = node;
    moved.forEach((one, k) => {
      one.position = start + (end - start) * (k + 1) / (moved.length + 1);
      link(before, one);
      before = one;
    });
    link(before, after);
    // Positions are fractions; after some fifty moves to one place they are so close together that all are renumbered.
    const isCrowded = [node, ...moved].some((one) => one.position >= (next.get(one)?.position ?? Infinity));
    if (isCrowded) nodes().forEach((one, k) => one.position = k + 1);
  };
  return { nodes, remove, moveBehind };
}
