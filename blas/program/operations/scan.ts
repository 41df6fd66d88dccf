/**
 * Loops of known length: a program that is run for each slice of some arrays.
 *
 * @module
 */
import { allocate, type MutableView, sliceView, unsafeView, type View } from "../../view.ts";
import type { Operand, Program } from "../program.ts";
import type { OperationKind } from "./operator.ts";

/**
 * A program that is run once for each step. Its parameters are the carry, a slice of each sequence, which is cut along its
 * first axis, and what stays the same; its results are the next carry and what is yielded. Results are those parts of the
 * last carry that are wanted, and what the steps yield, along a new first axis in the order of the slices.
 */
export type ScanOperation = {
  readonly kind: "scan";
  readonly body: Program;
  /** How many values the carry has. */
  readonly carries: number;
  /** The parts of the last carry that are results. */
  readonly finals: readonly number[];
  /** How many sequences there are. */
  readonly sequences: number;
  readonly length: number;
  /** Whether the last slices come first. */
  readonly reverse: boolean;
  /** The carry to begin with, the sequences, and what stays the same. */
  readonly operands: readonly Operand[];
};

/** The kind. */
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

/** The slice of an array at an index of its first axis. */
function sliceOf(x: View, at: number): MutableView {
  const ranges = x.shape.map((count, axis) => ({ start: axis === 0 ? at : 0, step: 1, count: axis === 0 ? 1 : count }));
  const { data, offset, stride, shape } = sliceView(x, ranges);
  return unsafeView(data, shape.slice(1), stride.slice(1), offset);
}
