/**
 * The order of elements along an axis as WebAssembly functions.
 *
 * @module
 */
import { BYTES_PER_ELEMENT, type DType } from "../../dtype.ts";
import type { OrderOperation } from "../../program/operations/order.ts";
import { rowMajorStrides, sizeOf } from "../../shape.ts";
import { call, type Callable, i32, type Local } from "../../wasm/mod.ts";
import type { EmitterContext, Lowered, Phase } from "./emitter.ts";
import { levelsOf } from "./levels.ts";
import { loweredFrom, shareFunction } from "./shares.ts";
import { buildInsertion, buildRadixSort, insertionBytes, type LineSort, radixBytes } from "./sort_code.ts";

/** If at most this many are wanted of many more, only those are selected; otherwise all are sorted. */
const SOUGHT = 64;

/** Up to this many elements, each is inserted in its place. */
const FEW = 32;

/** Prepares an order for emission: one line after another. */
export function lowerOrder(operation: OrderOperation, dtype: DType): Lowered {
  const { axis, descending, count: wanted, operand: { shape, stride } } = operation, bytes = BYTES_PER_ELEMENT[dtype];
  const count = shape[axis]!, target = shape.with(axis, wanted), isEmpty = sizeOf(shape) === 0 || wanted === 0;
  const steps = [stride, rowMajorStrides(target)].map((own) => own.map((step) => step * bytes));
  const [step, resultStep] = steps.map((own) => own[axis]!) as [number, number]; // of operand and result
  const line: LineSort = { dtype, count, wanted, descending, step, resultStep };
  const levels = isEmpty
    ? { lengths: [0], strides: [[0], [0]] }
    : levelsOf(shape.toSpliced(axis, 1), steps.map((own) => own.toSpliced(axis, 1)));
  const isInserted = count <= FEW || (wanted <= SOUGHT && 4 * wanted <= count);
  const phase: Phase = {
    units: Math.max(1, sizeOf(levels.lengths)),
    emit: (context) => {
      const { module, address, results } = context;
      if (isEmpty) return shareFunction(module, () => {});
      const sort = (isInserted ? buildInsertion : buildRadixSort)(module, line);
      const bases = [address(operation.operand.value) + operation.operand.offset * bytes, results[0]!] as const;
      return overLines(context, levels, bases, sort);
    },
  };
  const scratch = isEmpty ? 0 : isInserted ? insertionBytes(line) : radixBytes(line);
  return loweredFrom({ workspace: 0, scratch, phases: [phase] }, false);
}

/** Builds the function that calls another for each line, with the addresses of its first element and its first result. */
function overLines(
  { module }: EmitterContext,
  { lengths, strides }: { readonly lengths: readonly number[]; readonly strides: readonly (readonly number[])[] },
  bases: readonly [number, number],
  sort: Callable<"none">,
): Callable<"none"> {
  return shareFunction(module, (f, { from, to, scratch }) => {
    f.for({ from, to }, (index) => {
      const rest = f.let(i32.add(index, 0)),
        places = bases.map((base) => {
          const place = f.local("i32");
          f.set(place, base);
          return place;
        }) as [Local<"i32">, Local<"i32">]; // as many as bases
      for (let level = lengths.length - 1; level >= 0; level--) {
        const length = lengths[level]!, own = level === 0 ? rest : f.let(i32.rem_u(rest, length));
        places.forEach((place, k) => f.increment(place, i32.mul(own, strides[k]![level]!)));
        if (level > 0) f.set(rest, i32.div_u(rest, length));
      }
      f.do(call(sort, ...places, scratch));
    });
  });
}
