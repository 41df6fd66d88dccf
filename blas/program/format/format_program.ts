/**
 * Writing programs as text.
 *
 * @module
 */
import { BYTES_PER_ELEMENT } from "../../dtype.ts";
import { formatShape } from "../../errors.ts";
import { sizeOf } from "../../shape.ts";
import type { View } from "../../view.ts";
import { formatExpressions, formatNumber } from "./format_expressions.ts";
import { isPlain } from "../operand.ts";
import { epilogueOf, firstResults, isWhole, valueTypes } from "../operands.ts";
import { kindOf } from "../operations/mod.ts";
import type { Writer } from "../operations/operator.ts";
import {
  EPILOGUE_INPUT,
  FIRST_STAGE_INPUT,
  type Loop,
  type Operand,
  type Operation,
  type Program,
  type ValueType,
} from "../program.ts";

/** Constants with at most this many elements are written out. */
const WRITTEN_ELEMENTS = 4;

/** A line about a value: its number, its type, its size, and its description. */
type Line = { readonly number: string; readonly type: string; readonly size: string; readonly text: string };

/**
 * Writes a program as a list: parameters, constants, then for each instruction its results with their dtypes, shapes
 * and sizes, its operation and operands, and finally the results of the program.
 *
 * Operands are numbers of values; if an operand is not the whole array, its shape, strides and offset follow. Loops
 * show one formula for each result, which may refer to results above it in the same loop; in an epilogue, `computed` is
 * the result of the operation itself.
 *
 * @param outside For each instruction, whether functions outside the compiled code compute it; the listing says so after it.
 */
export function formatProgram(program: Program, outside: readonly boolean[] = []): string {
  const { parameters, constants, instructions, results } = program, types = valueTypes(program);
  let next = 0;
  const line = (text: string): Line => describe(next, types[next++]!, text);
  const lines: (Line | string)[] = [
    ...parameters.map(() => line("parameter")),
    ...constants.map((view) => line(`constant ${formatConstant(view)}`)),
  ];
  instructions.forEach(({ operation, results }, i) => {
    const [head, ...rest] = formatOperation(operation, results.map((_, k) => next + k), types);
    const text = outside[i] ? `${head}  (outside WebAssembly)` : head!;
    results.forEach((_, k) => lines.push(line(k === 0 ? text : "")));
    lines.push(...rest);
  });
  const width = (key: keyof Line): number =>
    lines.reduce((most, line) => typeof line === "string" ? most : Math.max(most, line[key].length), 0);
  const number = width("number"), type = width("type"), size = width("size");
  const indent = " ".repeat(number + type + size + 6);
  return [
    ...lines.map((line) =>
      typeof line === "string"
        ? indent + line
        : `${line.number.padEnd(number)}  ${line.type.padEnd(type)}  ${line.size.padStart(size)}  ${line.text}`
          .trimEnd()
    ),
    `results ${results.map((value) => `%${value}`).join(" ")}`,
  ].join("\n");
}

/**
 * Writes each instruction of a program: its results and their types, its operation, and its operands with their shapes.
 * Where a loop has several formulas, each is in a line of its own; programs inside instructions are left out.
 */
export function formatInstructions(program: Program): readonly string[] {
  const types = valueTypes(program), first = firstResults(program);
  return program.instructions.map(({ operation, results }, i) => {
    const values = results.map((_, k) => first[i]! + k);
    const writer = writerOf(values, types, (operand) => `%${operand.value}${formatShown(operand, types)}`);
    const [head, ...rest] = linesOf(operation, values, types, { ...writer, program: () => [] });
    return [`${formatTyped(values, types)} = ${head}`, ...rest].join("\n");
  });
}

/** Writes values with their types, one after another; a type that several consecutive values have is written once. */
function formatTyped(values: readonly number[], types: readonly ValueType[]): string {
  const text = (value: number) => `${types[value]!.dtype}${formatShape(types[value]!.shape)}`;
  return values.map((value, k) => {
    const isLast = k + 1 === values.length || text(values[k + 1]!) !== text(value);
    return `%${value}${isLast ? ` ${text(value)}${k + 1 === values.length ? "" : ","}` : ""}`;
  }).join(" ");
}

function describe(value: number, { dtype, shape }: ValueType, text: string): Line {
  const bytes = sizeOf(shape) * BYTES_PER_ELEMENT[dtype];
  return { number: `%${value}`, type: `${dtype}${formatShape(shape)}`, size: formatBytes(bytes), text };
}

const formatBytes = (bytes: number): string => `${String(bytes).replace(/\B(?=(\d{3})+$)/g, ",")} B`;

function formatConstant({ size, data, offset, shape, stride }: View): string {
  if (size > 0 && shape.every((length, axis) => length === 1 || stride[axis] === 0)) return formatNumber(data[offset]!);
  if (size > WRITTEN_ELEMENTS || shape.length > 1) return "";
  return Array.from({ length: size }, (_, k) => formatNumber(data[offset + k * stride[0]!]!)).join(", ");
}

function formatOperation(operation: Operation, values: readonly number[], types: readonly ValueType[]): string[] {
  return linesOf(operation, values, types, writerOf(values, types, (operand) => formatOperand(operand, types)));
}

function writerOf(
  values: readonly number[],
  types: readonly ValueType[],
  operand: (operand: Operand) => string,
): Writer {
  return {
    operand,
    loop: (name, loop) => formatLoop(name, loop, values, types, true),
    formula: (loop) => formatExpressions(loop.expressions, loopArguments(loop, types), [])[0]!.text,
    program: (inner) => formatProgram(inner).split("\n").map((line) => `  ${line}`),
  };
}

function linesOf(
  operation: Operation,
  values: readonly number[],
  types: readonly ValueType[],
  writer: Writer,
): string[] {
  const lines = kindOf(operation).format(operation, writer), epilogue = epilogueOf(operation);
  return epilogue === undefined ? [...lines] : [...lines, ...formatLoop("epilogue", epilogue, values, types)];
}

/** Writes a loop: its name and shape, and a line for each result; a single short formula fits in the same line. */
function formatLoop(
  name: string,
  loop: Loop,
  values: readonly number[],
  types: readonly ValueType[],
  first = false,
): string[] {
  const formulas = formatExpressions(loop.expressions, loopArguments(loop, types), values.map((value) => `%${value}`));
  const ownShape = values.every((value) => formatShape(types[value]!.shape) === formatShape(loop.shape));
  const title = ownShape ? name : `${name} ${formatShape(loop.shape)}`;
  if (first && formulas.length === 1) return [`${title} ${formulas[0]!.text}`];
  return [title, ...formulas.map((formula) => `  ${formula.name} = ${formula.text}`)];
}

/** Returns the names of a loop's arguments: the operands, with strides if these differ from the loop's own. */
function loopArguments({ shape, operands }: Loop, types: readonly ValueType[]): readonly string[] {
  return operands.map((operand) => {
    if (operand.value <= FIRST_STAGE_INPUT) return `row ${FIRST_STAGE_INPUT - operand.value}`;
    const isOwn = operand.value === EPILOGUE_INPUT || sizeOf(types[operand.value]!.shape) === sizeOf(shape);
    const name = operand.value === EPILOGUE_INPUT ? "computed" : `%${operand.value}`;
    if (isPlain(operand) && isOwn) return name;
    return `${name}<${formatSteps(operand)}>`;
  });
}

function formatOperand(operand: Operand, types: readonly ValueType[]): string {
  const own = types[operand.value]!.shape, isSame = formatShape(own) === formatShape(operand.shape);
  return `%${operand.value}${isSame && isWhole(operand, sizeOf(own)) ? "" : formatShown(operand, types)}`;
}

/** Writes the shape that an operand shows, with strides and offset unless it is the whole array in order. */
function formatShown(operand: Operand, types: readonly ValueType[]): string {
  const shape = formatShape(operand.shape);
  return isWhole(operand, sizeOf(types[operand.value]!.shape)) ? shape : `${shape}<${formatSteps(operand)}>`;
}

const formatSteps = ({ stride, offset, shape }: Operand): string =>
  `${stride.map((step, axis) => shape[axis] === 1 ? 0 : step).join(" ")}${offset === 0 ? "" : ` +${offset}`}`;
