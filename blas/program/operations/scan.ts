/**
 * Scans: a program that runs once for each slice of some arrays.
 *
 * @module
 */
import { allocate, type MutableView, sliceView, unsafeView, type View } from "../../view.ts";
import type { Operand, Program } from "../program.ts";
import type { OperationKind } from "./operator.ts";

/**
 * A program that runs once for each step. Its parameters are the carry, a slice of each sequence along its first axis,
 * and the constants of the loop; its results are the next carry and the outputs of the step. The results of the
 * operation are the requested parts of the final carry, and the outputs of all steps, stacked along a new first axis in
 * the order of the slices.
 */
export type ScanOperation = {
  readonly kind: "scan";
  readonly body: Program;
  /** The number of values in the carry. */
  readonly carries: number;
  /** The parts of the final carry that are results. */
  readonly finals: readonly number[];
  /** The number of sequences. */
  readonly sequences: number;
  readonly length: number;
  /** Whether the slices are visited from the last to the first. */
  readonly reverse: boolean;
  /** The initial carry, the sequences, and the constants of the loop. */
  readonly operands: readonly Operand[];
};

/** The kind of scans. */
export const scanKind: OperationKind<ScanOperation> = {
  operands: ({ operands }) => operands,
  withOperands: (operation, operands) => ({ ...operation, operands }),
  compute: ({ body, carries, finals, sequences, length, reverse, operands }, { engine, results, view, interpret }) => {
    const inputs = operands.map(view), xs = inputs.slice(carries, carries + sequences);
    const ys = results.slice(finals.length).map(({ dtype, shape }) => allocate(dtype, shape));
    let carry = inputs.slice(0, carries);
    for (let i = 0; i < length; i++) {
      const at = reverse ? length - 1 - i : i, slices = xs.map((x) => sliceOf(x, at));
      const returned = interpret(body, [...carry, ...slices, ...inputs.slice(carries + sequences)]);
      ys.forEach((y, k) => {
        const to = sliceOf(y, at), x = returned[carries + k]!;
        engine.copy({ x: unsafeView(x.data, to.shape, to.stride, x.offset), y: to });
      });
      carry = returned.slice(0, carries);
    }
    return [...finals.map((k) => carry[k]!), ...ys];
  },
  key: () => undefined,
  format: ({ body, length, reverse, operands }, write) => [
    `scan ${length} steps${reverse ? " in reverse" : ""} of ${operands.map(write.operand).join(" ")}`,
    ...write.program(body),
  ],
  flops: () => 0,
  work: () => Infinity,
  withResults: (operation, wanted) => {
    const { body, carries, finals } = operation;
    return {
      ...operation,
      finals: finals.filter((_, k) => wanted[k]),
      body: {
        ...body,
        results: body.results.filter((_, k) => k < carries || wanted[finals.length + k - carries]),
      },
    };
  },
  epilogueShape: () => undefined,
  anyShape: false,
};

/** Returns the slice of an array at an index of its first axis. */
function sliceOf(x: View, at: number): MutableView {
  const ranges = x.shape.map((count, axis) => ({ start: axis === 0 ? at : 0, step: 1, count: axis === 0 ? 1 : count }));
  const { data, offset, stride, shape } = sliceView(x, ranges);
  return unsafeView(data, shape.slice(1), stride.slice(1), offset);
}
