/**
 * Graphs while they are written: nodes are added at the end, and equal nodes are added only once.
 *
 * @module
 */
import type { Shape } from "../../../blas/shape.ts";
import { dtypeOf, type OnnxType } from "../element_types.ts";
import type { OnnxArray, OnnxAttribute, OnnxGraph, OnnxNode } from "../graph.ts";

/** The name of a value. */
export type Wire = string;

/** A setting: integers, strings, floating-point numbers by `{ float }`, and graphs. */
export type Setting = number | string | readonly number[] | { readonly float: number } | { readonly graph: OnnxGraph };

/** The settings of a node. */
export type Settings = Readonly<Record<string, Setting>>;

const attributeOf = (value: Setting): OnnxAttribute => {
  if (typeof value === "number") return { kind: "number", value };
  if (typeof value === "string") return { kind: "text", value };
  if ("float" in value) return { kind: "number", value: value.float, isFloat: true };
  return "graph" in value ? { kind: "graph", value: value.graph } : { kind: "numbers", value };
};

/** The longest constants that are compared with others. */
const LONGEST_COMPARED = 64;

/** Names that are taken, and how many have been made up. */
export type Names = { readonly taken: Set<string>; count: number };

/** What is shared by a graph and those within it. */
type Root = {
  readonly constants: Map<Wire, OnnxArray>;
  readonly known: Map<string, Wire>;
  readonly names: Names;
  readonly opset: number;
  /** Whether integers that are equal by chance are kept apart. */
  readonly isDynamic: boolean;
};

/** A graph while it is written. */
export class GraphWriter {
  readonly nodes: OnnxNode[] = [];
  /** What values that were reshaped have been before. */
  readonly reshaped = new Map<Wire, { readonly wire: Wire; readonly shape: Shape }>();
  readonly #known = new Map<string, readonly Wire[]>();
  readonly #root: Root;
  readonly #outer: GraphWriter | undefined;

  /** Starts a graph; `outer` is the one that it is within. */
  constructor(root: Root, outer?: GraphWriter) {
    this.#root = root;
    this.#outer = outer;
  }

  /** Starts a graph with these names taken. */
  static start(taken: ReadonlySet<string>, opset: number, isDynamic: boolean): GraphWriter {
    return new GraphWriter({
      constants: new Map(),
      known: new Map(),
      names: { taken: new Set(taken), count: 0 },
      opset,
      isDynamic,
    });
  }

  /** The version of ONNX's operators. */
  get opset(): number {
    return this.#root.opset;
  }

  /** The constants of this graph and of those around it. */
  get constants(): ReadonlyMap<Wire, OnnxArray> {
    return this.#root.constants;
  }

  /** Starts a graph within. */
  inner(): GraphWriter {
    return new GraphWriter(this.#root, this);
  }

  /** Returns a name that is not taken. */
  fresh(prefix: string): Wire {
    const { names } = this.#root;
    for (;;) {
      const name = `${prefix}_${names.count++}`;
      if (names.taken.has(name)) continue;
      names.taken.add(name);
      return name;
    }
  }

  /** Adds a node, and returns the names of its outputs. */
  node(operator: string, inputs: readonly Wire[], settings: Settings = {}, count = 1): readonly Wire[] {
    const isWhole = Object.values(settings).some((value) => typeof value === "object" && "graph" in value);
    const key = isWhole ? undefined : JSON.stringify([operator, inputs, settings, count]);
    const found = key === undefined ? undefined : this.#find(key);
    if (found !== undefined) return found;
    const outputs = this.again(operator, inputs, settings, count);
    if (key !== undefined) this.#known.set(key, outputs);
    return outputs;
  }

  /** Adds a node even if it is there already. */
  again(operator: string, inputs: readonly Wire[], settings: Settings = {}, count = 1): readonly Wire[] {
    const outputs = Array.from({ length: count }, () => this.fresh(operator.toLowerCase()));
    const attributes = new Map(Object.entries(settings).map(([name, value]) => [name, attributeOf(value)]));
    this.nodes.push({ name: outputs[0]!, domain: "", operator, inputs, outputs, attributes });
    return outputs;
  }

  /** Adds a node with one output. */
  one(operator: string, inputs: readonly Wire[], settings: Settings = {}): Wire {
    return this.node(operator, inputs, settings)[0]!;
  }

  /** Returns the name of a constant. */
  constant(type: OnnxType, shape: Shape, numbers: ArrayLike<number>): Wire {
    const { constants, known, isDynamic } = this.#root;
    const isCompared = numbers.length <= LONGEST_COMPARED && !(isDynamic && type === "int64");
    const key = isCompared ? `${type} ${shape} ${Array.from(numbers, (x) => Object.is(x, -0) ? "-0" : x)}` : undefined;
    const found = key === undefined ? undefined : known.get(key);
    if (found !== undefined) return found;
    const wire = this.fresh("constant");
    const data = dtypeOf(type) === "float32" ? Float32Array.from(numbers) : Float64Array.from(numbers);
    constants.set(wire, { type, shape, data, isConstant: true });
    if (key !== undefined) known.set(key, wire);
    return wire;
  }

  /** Returns a list of integers, such as a shape, as a constant. */
  list(numbers: readonly number[]): Wire {
    return this.constant("int64", [numbers.length], numbers);
  }

  #find(key: string): readonly Wire[] | undefined {
    return this.#known.get(key) ?? (this.#outer === undefined ? undefined : this.#outer.#find(key));
  }
}
