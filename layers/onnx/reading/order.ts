/**
 * The order of nodes, and what cannot be ordered: values that no node computes, and cycles.
 *
 * @module
 */
import { decodeError, quoted } from "../errors.ts";
import { type OnnxNode, readsOf } from "../graph.ts";

/**
 * Returns the nodes in an order in which every value is computed before it is read: the one given, as far as possible.
 *
 * @param known The values that exist before any node.
 * @throws {OnnxError} If two nodes compute the same value, a value does not exist, or nodes read each other's values in a cycle.
 */
export function ordered(nodes: readonly OnnxNode[], known: Pick<ReadonlySet<string>, "has">): readonly OnnxNode[] {
  const producers = new Map<string, number>();
  nodes.forEach(({ outputs, name }, k) => {
    for (const output of outputs) {
      if (output === "") continue;
      if (known.has(output) || producers.has(output)) {
        throw decodeError(
          `node ${quoted(name)}`,
          `it computes ${quoted(output)}, a name that another value has already`,
        );
      }
      producers.set(output, k);
    }
  });
  const reads = nodes.map((node) => {
    const names = [...new Set(readsOf(node))];
    const lost = names.find((name) => !known.has(name) && !producers.has(name));
    if (lost !== undefined) {
      throw decodeError(`node ${quoted(node.name)}`, `it reads ${quoted(lost)}, which does not exist`);
    }
    return names.flatMap((name) => known.has(name) ? [] : [producers.get(name)!]);
  });
  const waiting = reads.map((producers) => producers.length), readers = nodes.map((): number[] => []);
  reads.forEach((producers, k) => producers.forEach((producer) => readers[producer]!.push(k)));
  if (reads.every((producers, k) => producers.every((producer) => producer < k))) return nodes;
  const order = waiting.flatMap((count, k) => count === 0 ? [k] : []);
  for (let at = 0; at < order.length; at++) {
    for (const reader of readers[order[at]!]!) if (--waiting[reader]! === 0) order.push(reader);
  }
  if (order.length === nodes.length) return order.map((k) => nodes[k]!);
  const cycle = waiting.flatMap((count, k) => count > 0 ? [quoted(nodes[k]!.name)] : []);
  throw decodeError(`nodes ${cycle.slice(0, 8).join(", ")}`, "they read each other's values in a cycle");
}
