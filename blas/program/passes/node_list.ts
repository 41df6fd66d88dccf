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
  /** The node before it, which only the list changes. */
  previous: Node | undefined;
  /** The node behind it, likewise. */
  next: Node | undefined;
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
  let first: Node | undefined, last: Node | undefined;
  for (const step of steps) {
    const node: Node = { step, position: (last?.position ?? 0) + 1, previous: last, next: undefined };
    link(last, node);
    last = node;
  }

  function link(before: Node | undefined, after: Node | undefined): void {
    if (before === undefined) first = after;
    else before.next = after;
    if (after !== undefined) after.previous = before;
  }
  const nodes = (): readonly Node[] => {
    const all: Node[] = [];
    for (let node = first; node !== undefined; node = node.next) all.push(node);
    return all;
  };
  const remove = (node: Node): void => {
    link(node.previous, node.next);
    node.position = -1;
  };
  const moveBehind = (node: Node, moved: readonly Node[]): void => {
    if (moved.length === 0) return;
    moved.forEach(remove);
    const after = node.next, start = node.position, end = after?.position ?? start + moved.length + 1;
    let before = node;
    moved.forEach((one, k) => {
      one.position = start + (end - start) * (k + 1) / (moved.length + 1);
      link(before, one);
      before = one;
    });
    link(before, after);
    // Positions are fractions; after some fifty moves to one place they are so close together that all are renumbered.
    const isCrowded = [node, ...moved].some((one) => one.position >= (one.next?.position ?? Infinity));
    if (isCrowded) nodes().forEach((one, k) => one.position = k + 1);
  };
  return { nodes, remove, moveBehind };
}
