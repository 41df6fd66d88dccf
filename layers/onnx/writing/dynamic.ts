/**
 * Graphs for batches of any size: the same function is written for several sizes, and numbers that grow with the size are
 * computed where the graph runs.
 *
 * @module
 */
import { OnnxError } from "../errors.ts";
import type { OnnxArray, OnnxGraph, OnnxNode } from "../graph.ts";

/** The sizes: large primes, so that no other length equals one by chance. */
export const BATCHES = [1009, 1013, 1019] as const;

/** The shortest batches, in which an axis may be dropped, or be shorter than another. */
export const SHORT_BATCHES = [1, 2] as const;

const dynamicError = (problem: string): OnnxError =>
  new OnnxError({
    action: "encode ONNX for any batch",
    given: "the function",
    problem,
    remedy: "leave dynamicBatch out, or make the function do the same for each example",
  });

/**
 * Returns one graph for all sizes.
 *
 * @param graphs The graphs of the large sizes, which become one.
 * @param short Those of the shortest, whose results must have the shapes that the one graph promises.
 */
export function joinBatches(graphs: readonly OnnxGraph[], short: readonly OnnxGraph[]): OnnxGraph {
  const [first, second, third] = graphs as readonly [OnnxGraph, OnnxGraph, OnnxGraph]; // one for each size
  const shapes = graphs.map(({ nodes }) => structureOf(nodes));
  if (shapes.some((shape) => shape !== shapes[0])) {
    throw dynamicError("it computes other things for batches of other sizes");
  }
  SHORT_BATCHES.forEach((size, k) => {
    if (shapesAt(first, size) === shapesAt(short[k]!, size)) return;
    throw dynamicError(`its results have other shapes for a batch of ${size}`);
  });
  const source = first.inputs.find(({ shape }) => shape[0] === "batch")?.name;
  const added: OnnxNode[] = [], initializers = new Map<string, OnnxArray>();
  const size = sizeNodes(source ?? "", initializers, added, first);
  for (const [name, array] of first.initializers) {
    const others = [second, third].map((graph) => graph.initializers.get(name));
    const numbers = [array, ...others].map((own) => own?.data);
    if (
      others.some((own) =>
        own === undefined || own.data.length !== array.data.length || own.shape.length !== array.shape.length
      )
    ) {
      throw dynamicError("it has tables that grow with the batch");
    }
    if (numbers.every((own) => own!.every((x, k) => Object.is(x, array.data[k])))) {
      initializers.set(name, array);
      continue;
    }
    if (source === undefined) throw dynamicError("none of its inputs has a batch axis");
    const grown = growthOf(array, numbers as readonly OnnxArray["data"][]); // none is missing, as said above
    if (grown === undefined) throw dynamicError("it has numbers that do not grow in proportion to the batch");
    size(name, array, grown);
  }
  return { ...first, initializers, nodes: [...added, ...first.nodes] };
}

/** The shapes of the results for a batch of a size. */
const shapesAt = ({ outputs }: OnnxGraph, size: number): string =>
  JSON.stringify(outputs.map(({ shape }) => shape.map((length) => length === "batch" ? size : length)));

/** The nodes of a graph as a text, constants by their names. */
const structureOf = (nodes: readonly OnnxNode[]): string =>
  JSON.stringify(nodes, (_, part: unknown) => part instanceof Map ? [...part] : part);

/** `scale * size + offset` for each element, or the same of `1 / size`. */
type Growth = { readonly isInverse: boolean; readonly scale: readonly number[]; readonly offset: readonly number[] };

/** Returns how numbers grow with the size; `undefined` if neither with it nor with its inverse. */
function growthOf({ type }: OnnxArray, [a, b, c]: readonly OnnxArray["data"][]): Growth | undefined {
  const isWhole = type === "int64";
  for (const isInverse of isWhole ? [false] : [false, true]) {
    const [p, q, r] = BATCHES.map((size) => isInverse ? 1 / size : size) as [number, number, number]; // of three sizes
    const scale = Array.from(a!, (x, k) => (b![k]! - x) / (q - p)).map((x) => isWhole ? Math.round(x) : x);
    const offset = Array.from(a!, (x, k) => {
      const rest = x - scale[k]! * p;
      return Math.abs(rest) < Math.abs(x) * 1e-4 && !isWhole ? 0 : rest;
    });
    const near = Array.from(
      c!,
      (x, k) => Math.abs(scale[k]! * r + offset[k]! - x) <= (isWhole ? 0 : Math.abs(x) * 1e-5),
    );
    if (near.every(Boolean)) return { isInverse, scale, offset };
  }
  return undefined;
}

/** Returns what adds the nodes that compute numbers from the size. */
function sizeNodes(
  source: string,
  initializers: Map<string, OnnxArray>,
  added: OnnxNode[],
  graph: OnnxGraph,
): (name: string, array: OnnxArray, growth: Growth) => void {
  const taken = new Set([...graph.initializers.keys(), ...graph.nodes.flatMap(({ outputs }) => outputs)]);
  const fresh = (prefix: string): string => {
    let name = prefix;
    while (taken.has(name)) name = `${name}_`;
    taken.add(name);
    return name;
  };
  const node = (
    operator: string,
    inputs: readonly string[],
    output: string,
    settings: Readonly<Record<string, number>> = {},
  ): string => {
    const attributes = new Map(
      Object.entries(settings).map(([key, value]) => [key, { kind: "number", value } as const]),
    );
    added.push({ name: output, domain: "", operator, inputs, outputs: [output], attributes });
    return output;
  };
  const constant = (prefix: string, array: OnnxArray): string => {
    const name = fresh(prefix);
    initializers.set(name, { ...array, isConstant: true });
    return name;
  };
  let batch: string | undefined;
  return (name, { type, shape, data }, { isInverse, scale, offset }) => {
    batch ??= node("Shape", [source], fresh("batch_size"), { start: 0, end: 1 });
    const like = (numbers: readonly number[]): OnnxArray => ({
      type,
      shape,
      data: type === "float32" ? Float32Array.from(numbers) : Float64Array.from(numbers),
    });
    const code = type === "float32" ? 1 : type === "float64" ? 11 : 7;
    // A list of one number broadcasts; for a number without axes, it must lose its own.
    const flat = shape.length === 0 ? node("Squeeze", [batch], fresh(`${name}_size`)) : batch;
    const own = code === 7 ? flat : node("Cast", [flat], fresh(`${name}_cast`), { to: code });
    const grown = isInverse
      ? node("Div", [constant(`${name}_scale`, like(scale)), own], fresh(`${name}_grown`))
      : node("Mul", [own, constant(`${name}_scale`, like(scale))], fresh(`${name}_grown`));
    node("Add", [grown, constant(`${name}_offset`, like(offset))], name);
    if (data.length !== scale.length) throw dynamicError("it has numbers of other counts");
  };
}
