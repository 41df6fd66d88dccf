/**
 * Rows: reductions, and expressions of their results, computed row by row while the row is in the cache.
 *
 * @module
 */
import { formatShape } from "../../errors.ts";
import type { Reduction } from "../../reduction.ts";
import { LEAST_MADE, makerOfRows } from "../../result_makers.ts";
import { type Rows, stageOfArgument, stageValue } from "../../rows.ts";
import { argument, type Scalar, subexpressions, substitute } from "../../scalar/scalar.ts";
import { broadcastShapes, reducedShape, type Shape, sizeOf, unwrap } from "../../shape.ts";
import { allocate, allocateUnset, broadcastView } from "../../view.ts";
import { changeOperand } from "../compose.ts";
import { plainOperand } from "../operand.ts";
import { FIRST_STAGE_INPUT, type Loop, type Operand } from "../program.ts";
import { flopsOfLoop } from "./flops.ts";
import type { MultiOperator, OperationKind, Operator, TypedValue } from "./operator.ts";

/**
 * Stages, which reduce an expression over the axes of a row, and outputs, with one number for each element or for each
 * row. The loop over all elements has an expression for each stage and then one for each output. Its operand of value
 * `FIRST_STAGE_INPUT - k` is the result of stage `k` for the row; the expressions of later stages and of outputs may
 * read it.
 */
export type RowsOperation = {
  readonly kind: "rows";
  readonly axes: readonly number[];
  /** One for each stage. */
  readonly reductions: readonly Reduction[];
  /**
   * For each output, whether it has one number for each row. Its expression must then only read what is constant within
   * a row.
   */
  readonly perRow: readonly boolean[];
  readonly loop: Loop;
};

/** Returns the operator that computes rows; operands broadcast to their common shape. */
export function rowsOf(rows: Rows): MultiOperator<"rows"> {
  return {
    run: (engine, inputs, results) => {
      const shape = joinedShape(inputs), make = sizeOf(shape) > 0 ? allocateUnset : allocate;
      const operands = inputs.map((x) => broadcastView(x, shape));
      const made = sizeOf(shape) < LEAST_MADE ? undefined : makerOfRows(engine.rows)?.(rows, shape, operands, results);
      if (made !== undefined) return made;
      const outputs = results.map(({ dtype, shape }) => make(dtype, shape));
      engine.rows(rows, shape, operands, outputs);
      return outputs;
    },
    place: (inputs) => placeRows(rows, inputs, joinedShape(inputs)),
  };
}

/** Returns the operation that computes rows of values of a program, which broadcast to a shape. */
export function placeRows(rows: Rows, inputs: readonly TypedValue[], shape: Shape): RowsOperation {
  const plain = inputs.map(({ value, shape: own }) => plainOperand(value, own));
  return rowsOn(rows, plain.map((operand) => changeOperand(operand, { kind: "broadcast", shape })!), shape);
}

/** The operation that computes rows of operands of one shape. */
export function rowsOn(rows: Rows, operands: readonly Operand[], shape: Shape): RowsOperation {
  const stages = rows.stages.map((_, k) => stageOperand(k, shape));
  const place = (expression: Scalar): Scalar =>
    substitute(expression, (part) => {
      const stage = part.kind === "argument" ? stageOfArgument(part.index) : undefined;
      return stage === undefined ? undefined : argument(operands.length + stage);
    });
  return {
    kind: "rows",
    axes: rows.axes,
    reductions: rows.stages.map(({ reduction }) => reduction),
    perRow: rows.outputs.map(({ perRow }) => perRow),
    loop: {
      shape,
      operands: [...operands, ...stages],
      expressions: [...rows.stages, ...rows.outputs].map(({ expression }) => place(expression)),
    },
  };
}

/** {@link rowsOf} with one output. */
export function rowOf(rows: Rows): Operator<"rows"> {
  const several = rowsOf(rows);
  return {
    run: (engine, inputs, result) => several.run(engine, inputs, [result])[0]!,
    place: (inputs, result) => several.place(inputs, [result]),
  };
}

/** Returns operators by their settings, which are plain data; each operator is made once. */
export function operatorOfSettings<A, O>(make: (settings: A) => O): (settings: A) => O {
  const made = new Map<string, O>();
  return (settings) => {
    const key = JSON.stringify(settings), found = made.get(key);
    if (found !== undefined) return found;
    const operator = make(settings);
    made.set(key, operator);
    return operator;
  };
}

const joinedShape = (operands: readonly { readonly shape: Shape }[]): Shape =>
  operands.length === 1 ? operands[0]!.shape : unwrap(broadcastShapes("rows", operands.map(({ shape }) => shape)));

/** Returns the operand that is the result of a stage, in rows of a shape. */
export function stageOperand(k: number, shape: Shape): Operand {
  return { value: FIRST_STAGE_INPUT - k, shape, stride: shape.map(() => 0), offset: 0 };
}

/** Returns the stage whose result an operand is; `undefined` if the operand is a value of the program. */
export function stageOf({ value }: Operand): number | undefined {
  return value <= FIRST_STAGE_INPUT ? FIRST_STAGE_INPUT - value : undefined;
}

/** Returns the stages that an expression of an operation reads, each once. */
export function stagesIn({ loop }: RowsOperation, expression: Scalar): readonly number[] {
  const found = subexpressions(expression).flatMap((part) =>
    part.kind === "argument" ? [stageOf(loop.operands[part.index]!)] : []
  );
  return [...new Set(found.filter((stage) => stage !== undefined))];
}

/** Returns an operation in the form that engines take, and the operands that are not stages. */
function rowsIn(operation: RowsOperation): { readonly rows: Rows; readonly operands: readonly Operand[] } {
  const { axes, reductions, perRow, loop } = operation, stages = reductions.length;
  const operands = loop.operands.filter((operand) => stageOf(operand) === undefined);
  const expressions = loop.expressions.map((expression) =>
    substitute(expression, (part) => {
      if (part.kind !== "argument") return undefined;
      const operand = loop.operands[part.index]!, stage = stageOf(operand);
      return stage === undefined ? argument(operands.indexOf(operand)) : stageValue(stage);
    })
  );
  return {
    rows: {
      axes,
      stages: reductions.map((reduction, k) => ({ reduction, expression: expressions[k]! })),
      outputs: perRow.map((perRow, k) => ({ perRow, expression: expressions[stages + k]! })),
    },
    operands,
  };
}

/** The kind of rows. */
export const rowsKind: OperationKind<RowsOperation> = {
  operands: () => [],
  withOperands: (operation) => operation,
  compute: (operation, { engine, results, view }) => {
    const { rows, operands } = rowsIn(operation),
      { axes, loop, perRow } = operation,
      reduced = reducedShape(loop.shape, axes);
    const outputs = results.map(({ dtype }, k) => allocate(dtype, perRow[k] ? reduced : loop.shape));
    engine.rows(rows, loop.shape, operands.map(view), outputs);
    return outputs;
  },
  key: ({ axes, reductions, perRow }) => `${axes} ${reductions} ${perRow}`,
  format: ({ axes, reductions, perRow, loop }, write) => {
    const over = axes.length === 1 ? `axis ${axes[0]}` : `axes ${axes.join(", ")}`;
    const formula = (k: number) => write.formula({ ...loop, expressions: [loop.expressions[k]!] });
    return [
      `rows over ${over} of ${formatShape(loop.shape)}`,
      ...reductions.map((reduction, k) => `  row ${k} = ${reduction} ${formula(k)}`),
      ...perRow.map((one, k) => `  ${one ? "each row" : "elements"}: ${formula(reductions.length + k)}`),
    ];
  },
  flops: ({ loop, reductions }) => flopsOfLoop(loop) + sizeOf(loop.shape) * reductions.length,
  work: ({ loop }, elements) => Math.max(elements, sizeOf(loop.shape) * loop.expressions.length),
  withResults: (operation, wanted) => {
    const { perRow, loop, reductions } = operation, stages = reductions.length;
    return withoutIdleStages({
      ...operation,
      perRow: perRow.filter((_, k) => wanted[k]),
      loop: { ...loop, expressions: loop.expressions.filter((_, k) => k < stages || wanted[k - stages]) },
    });
  },
  epilogueShape: () => undefined,
  anyShape: true,
};

/** Returns the operation without the stages that no output needs. */
function withoutIdleStages(operation: RowsOperation): RowsOperation {
  const { reductions, loop } = operation, needed = new Set<number>();
  const visit = (expression: Scalar): void => {
    for (const stage of stagesIn(operation, expression)) {
      if (needed.has(stage)) continue;
      needed.add(stage);
      visit(loop.expressions[stage]!);
    }
  };
  loop.expressions.slice(reductions.length).forEach(visit);
  if (needed.size === reductions.length) return operation;
  const kept = [...needed].sort((a, b) => a - b);
  return {
    ...operation,
    reductions: kept.map((k) => reductions[k]!),
    loop: {
      ...loop,
      operands: loop.operands.map((operand) => {
        const stage = stageOf(operand);
        // No expression reads a removed stage; its operand is removed when the loop is tidied.
        return stage === undefined ? operand : stageOperand(Math.max(0, kept.indexOf(stage)), loop.shape);
      }),
      expressions: [...kept.map((k) => loop.expressions[k]!), ...loop.expressions.slice(reductions.length)],
    },
  };
}
