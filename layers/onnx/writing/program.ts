/**
 * Programs as graphs, instruction by instruction.
 *
 * @module
 */
import type { Operation, Program, ValueType } from "../../../blas/program/program.ts";
import { sliceView, type View } from "../../../blas/view.ts";
import { elementsOf } from "../../../autograd/values/read.ts";
import { writeBranch, writeScan, writeWhile } from "./bodies.ts";
import { type Context, expandWire, noForm } from "./context.ts";
import { writeDraw, writeFoldIn } from "./draws.ts";
import { writeFunction } from "./functions.ts";
import type { GraphWriter, Wire } from "./graph_writer.ts";
import { writeMap, writeReduce, writeRows } from "./loops.ts";
import { writeCast, writeCheck, writeCumsum, writeGather, writeJoin, writeScatter, writeView } from "./movements.ts";
import { writeConvolution, writeGemm } from "./products.ts";

/** Writes operations of one kind. */
type Write<O> = (context: Context, operation: O, results: readonly ValueType[]) => readonly Wire[];

/** What writes each kind: the compiler names those that are missing. */
const WRITERS: { readonly [K in Operation["kind"]]: Write<Extract<Operation, { readonly kind: K }>> } = {
  view: writeView,
  map: writeMap,
  reduce: writeReduce,
  rows: writeRows,
  gemm: writeGemm,
  convolution: writeConvolution,
  cast: writeCast,
  join: writeJoin,
  gather: writeGather,
  scatter: writeScatter,
  checkIndices: writeCheck,
  cumsum: writeCumsum,
  // Primitives that search, sort or run along an axis are written whole.
  search: () => unwritten("a search"),
  order: () => unwritten("an order"),
  running: () => unwritten("a running result"),
  exchange: (_, { name }) => {
    throw noForm(`the exchange ${name}`, "a graph runs in one process", "write the function for one of them");
  },
  draw: writeDraw,
  foldIn: writeFoldIn,
  host: writeFunction,
  scan: writeScan,
  while: writeWhile,
  branch: writeBranch,
};

function unwritten(what: string): never {
  throw noForm(what, "it must be of a primitive that is written whole", "report it");
}

/** Writes a constant: one that repeats few elements by strides of 0 as these elements, and an Expand. */
function constantWire(writer: GraphWriter, view: View): Wire {
  const loose = view.shape.map((length, axis) => view.stride[axis] === 0 && length > 1 ? 1 : length);
  const few = sliceView(view, loose.map((count) => ({ start: 0, step: 1, count })));
  return expandWire({ writer }, writer.constant(view.dtype, loose, elementsOf(few)), loose, view.shape);
}

/** Writes a program with these inputs, and returns the names of its results. */
export function writeProgram(writer: GraphWriter, program: Program, inputs: readonly Wire[]): readonly Wire[] {
  const { parameters, constants, instructions, results } = program;
  const types: ValueType[] = [...parameters, ...constants.map(({ dtype, shape }) => ({ dtype, shape }))];
  const wires: (Wire | undefined)[] = [...inputs],
    definitions = new Map<number, Operation>(),
    values = new Map<Operation, number>();
  instructions.forEach((instruction) => {
    values.set(instruction.operation, types.length);
    instruction.results.forEach((type) => {
      definitions.set(types.length, instruction.operation);
      types.push(type);
    });
  });
  const wire = (value: number): Wire => {
    const found = wires[value];
    if (found !== undefined) return found;
    const made = constantWire(writer, constants[value - parameters.length]!);
    wires[value] = made;
    return made;
  };
  const context: Context = {
    writer,
    types,
    wire,
    definition: (value) => definitions.get(value),
    write: writeProgram,
    valueOf: (operation) => values.get(operation)!,
    pools: new Map(),
  };
  let next = parameters.length + constants.length;
  for (const { operation, results: own } of instructions) {
    const write = WRITERS[operation.kind] as Write<Operation>; // the table keeps kind and operation together
    // Arrays without elements are not computed: operators differ in what they do with them.
    const isEmpty = own.length > 0 && own.every(({ shape }) => shape.includes(0));
    const made = isEmpty
      ? own.map(({ dtype, shape }) => writer.constant(dtype, shape, []))
      : write(context, operation, own);
    for (const one of made) wires[next++] = one;
  }
  return results.map(wire);
}
