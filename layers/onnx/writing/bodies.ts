/**
 * Writes operations with graphs inside: folds, loops and choices.
 *
 * @module
 */
import type { BranchOperation } from "../../../blas/program/operations/branch.ts";
import type { ScanOperation } from "../../../blas/program/operations/scan.ts";
import type { WhileOperation } from "../../../blas/program/operations/while.ts";
import type { Program, ValueType } from "../../../blas/program/program.ts";
import type { OnnxGraph, OnnxValueInfo } from "../graph.ts";
import { type Context, exactOperand } from "./context.ts";
import type { FunctionForm } from "./functions.ts";
import type { GraphWriter, Wire } from "./graph_writer.ts";

const infoOf = (name: Wire, { dtype, shape }: ValueType): OnnxValueInfo => ({ name, dtype, shape });

/** A graph within. Results that are not computed by its own nodes are copied, since outputs must be. */
function graphOf(
  writer: GraphWriter,
  inputs: readonly OnnxValueInfo[],
  results: readonly Wire[],
  types: readonly Pick<OnnxValueInfo, "dtype" | "shape">[],
): OnnxGraph {
  const outputs = results.map((wire, k): OnnxValueInfo => {
    const [name] = writer.again("Identity", [wire]);
    return { name: name!, ...types[k]! };
  });
  return { name: writer.fresh("graph"), inputs, outputs, initializers: new Map(), nodes: writer.nodes };
}

/** The types of the results of a program. */
function resultTypes({ parameters, constants, instructions, results }: Program): readonly ValueType[] {
  const types = [...parameters, ...constants, ...instructions.flatMap((instruction) => instruction.results)];
  return results.map((value) => ({ dtype: types[value]!.dtype, shape: types[value]!.shape }));
}

/** Writes a fold. */
export function writeScan(context: Context, operation: ScanOperation): readonly Wire[] {
  const { body, carries, finals, sequences, length, reverse, operands } = operation, { writer, write } = context;
  const given = operands.map((operand) => exactOperand(context, operand)), inner = writer.inner();
  const types = resultTypes(body), own = body.parameters.slice(0, carries + sequences);
  const inputs = own.map((type) => infoOf(inner.fresh("x"), type));
  // A fold without sequences counts its steps by a list whose elements do not matter.
  const counter = sequences === 0 ? [infoOf(inner.fresh("step"), { dtype: "float32", shape: [] })] : [];
  const results = write(inner, body, [...inputs.map(({ name }) => name), ...given.slice(carries + sequences)]);
  const graph = graphOf(inner, [...inputs, ...counter], results, types);
  const steps = sequences === 0
    ? [writer.one("Expand", [writer.constant("float32", [], [0]), writer.list([length])])]
    : [];
  const count = Math.max(1, sequences), yields = types.length - carries, direction = reverse ? 1 : 0;
  const all = writer.node("Scan", [...given.slice(0, carries + sequences), ...steps], {
    body: { graph },
    num_scan_inputs: count,
    scan_input_directions: new Array<number>(count).fill(direction),
    ...yields > 0 ? { scan_output_directions: new Array<number>(yields).fill(direction) } : {},
  }, types.length);
  return [...finals.map((k) => all[k]!), ...all.slice(carries)];
}

const BOOL = { dtype: "bool", shape: [] } as const;

/** Returns whether a number is not 0, as a boolean without axes. */
function truthWire(writer: GraphWriter, wire: Wire): Wire {
  return writer.one("Cast", [writer.one("Reshape", [wire, writer.list([])])], { to: 9 });
}

/** Writes a loop. */
export function writeWhile(context: Context, operation: WhileOperation): readonly Wire[] {
  const { condition, body, carries, maxSteps, operands } = operation, { writer, write } = context;
  const given = operands.map((operand) => exactOperand(context, operand)),
    same = given.slice(carries),
    inner = writer.inner();
  const start = truthWire(writer, write(writer, condition, given)[0]!);
  const inputs = body.parameters.slice(0, carries).map((type) => infoOf(inner.fresh("x"), type));
  const next = write(inner, body, [...inputs.map(({ name }) => name), ...same]);
  const holds = truthWire(inner, write(inner, condition, [...next, ...same])[0]!);
  const before: readonly OnnxValueInfo[] = [
    { name: inner.fresh("step"), dtype: "int64", shape: [] },
    { name: inner.fresh("holds"), ...BOOL },
  ];
  const graph = graphOf(inner, [...before, ...inputs], [holds, ...next], [BOOL, ...resultTypes(body)]);
  const most = maxSteps === undefined ? "" : writer.constant("int64", [], [maxSteps]);
  return writer.node("Loop", [most, start, ...given.slice(0, carries)], { body: { graph } }, carries);
}

/** Writes a choice, or a part that is kept apart. */
export function writeBranch(
  context: Context,
  { branches, operands }: BranchOperation,
): readonly Wire[] {
  const { writer, write } = context,
    given = operands.map((operand) => exactOperand(context, operand)),
    [first, second] = branches;
  if (second === undefined) return write(writer, first!, given);
  const graphs = [first!, second].map((branch) => {
    const inner = writer.inner();
    return graphOf(inner, [], write(inner, branch, given.slice(1)), resultTypes(branch));
  });
  return writer.node(
    "If",
    [truthWire(writer, given[0]!)],
    { then_branch: { graph: graphs[0]! }, else_branch: { graph: graphs[1]! } },
    first!.results.length,
  );
}

/** Writes `y[j] = a[j] y[j - 1] + b[j]`. */
export const linearRecurrence: FunctionForm = ({ writer, inputs, shapes, settings, dtype }) => {
  const axis = settings.axis as number, // a setting of the primitive
    shape = shapes[0]!,
    rest = shape.filter((_, k) => k !== axis),
    inner = writer.inner();
  const names = ["last", "a", "b"].map((name) => inner.fresh(name)), type = { dtype, shape: rest };
  const next = inner.one("Add", [inner.one("Mul", [names[1]!, names[0]!]), names[2]!]);
  const graph = graphOf(inner, names.map((name) => infoOf(name, type)), [next, next], [type, type]);
  const start = writer.one("Expand", [writer.constant(dtype, [], [0]), writer.list(rest)]),
    direction = settings.reverse === true ? 1 : 0;
  const outputs = writer.node("Scan", [start, ...inputs], {
    body: { graph },
    num_scan_inputs: 2,
    scan_input_axes: [axis, axis],
    scan_input_directions: [direction, direction],
    scan_output_axes: [axis],
    scan_output_directions: [direction],
  }, 2);
  return [outputs[1]!];
};
