/**
 * Exchanges: functions outside a program that replace the elements of several arrays, which lie in one block of memory,
 * such as a sum over the processes of a parallel job.
 *
 * @module
 */
import { toLines } from "../../alignment.ts";
import { BYTES_PER_ELEMENT, type DataOf, type DType, newData } from "../../dtype.ts";
import type { Engine } from "../../engine.ts";
import { rowMajorStrides, sizeOf } from "../../shape.ts";
import { type MutableView, unsafeView, type View } from "../../view.ts";
import type { Operand, ValueType } from "../program.ts";
import type { OperationKind } from "./operator.ts";

/**
 * A function that replaces the elements of arrays of one dtype, one result for each operand. It may depend on more than
 * its operands and act on more than its results, so it is neither left out nor merged with another, and exchanges stay in
 * order: other processes exchange in this order, although their programs may differ otherwise.
 */
export type ExchangeOperation = {
  readonly kind: "exchange";
  /** Its name in listings. */
  readonly name: string;
  readonly operands: readonly Operand[];
  /**
   * Replaces the elements.
   *
   * @param block All arrays, each at the position that {@link blockOf} states. The bytes between them have no meaning.
   */
  run(block: DataOf<DType>): void;
};

/** Arrays in one block. */
export type Block = {
  /** The position of each array in bytes, a multiple of 64 as everywhere in a program's memory. */
  readonly positions: readonly number[];
  /** The length of the block in bytes. */
  readonly bytes: number;
};

/** Returns the block of arrays of these types: each begins at the next cache line, so all processes agree about it. */
export function blockOf(types: readonly ValueType[]): Block {
  let bytes = 0;
  const positions = types.map(({ dtype, shape }) => {
    const position = bytes;
    bytes += toLines(sizeOf(shape) * BYTES_PER_ELEMENT[dtype]);
    return position;
  });
  return { positions, bytes };
}

/**
 * Exchanges arrays that are not in a program's memory: copies them to a new block, and replaces them there.
 *
 * @param engine The engine that copies.
 * @param inputs Views of any strides, of one dtype.
 * @param run Replaces the elements of the block.
 * @returns Row-major views of the block.
 */
export function exchanged(
  engine: Pick<Engine, "copy">,
  inputs: readonly View[],
  run: ExchangeOperation["run"],
): readonly View[] {
  const [first] = inputs;
  if (first === undefined) return [];
  const { dtype } = first, { positions, bytes } = blockOf(inputs), width = BYTES_PER_ELEMENT[dtype];
  const block = newData(dtype, bytes / width);
  const views = inputs.map(({ shape }, k) =>
    unsafeView(block, shape, rowMajorStrides(shape), positions[k]! / width) as MutableView // the block is new
  );
  inputs.forEach((x, k) => engine.copy({ x, y: views[k]! }));
  run(block);
  return views as readonly View[]; // from here on they are only read
}

/** The kind of exchanges. */
export const exchangeKind: OperationKind<ExchangeOperation> = {
  operands: ({ operands }) => operands,
  withOperands: (operation, operands) => ({ ...operation, operands }),
  compute: (operation, { engine, view }) =>
    exchanged(engine, operation.operands.map(view), (block) => operation.run(block)),
  replace: (operation, block) => operation.run(block),
  key: () => undefined,
  format: ({ name, operands }, write) => [`exchange ${name} ${operands.map(write.operand).join(" ")}`],
  flops: () => undefined,
  work: () => Infinity,
  withResults: () => undefined,
  epilogueShape: () => undefined,
  anyShape: false,
};
