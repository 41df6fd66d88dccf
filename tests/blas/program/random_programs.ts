/**
 * Random programs, as tracing makes them, and arrays to run them on.
 *
 * @module
 */
import fc from "fast-check";
import type { DType } from "../../../blas/dtype.ts";
import { reference } from "../../../blas/reference/mod.ts";
import { interpret } from "../../../blas/program/interpret.ts";
import { valueTypes } from "../../../blas/program/operands.ts";
import type { Program } from "../../../blas/program/program.ts";
import * as s from "../../../blas/scalar/scalar.ts";
import { type Shape, sizeOf } from "../../../blas/shape.ts";
import { allocate, type View } from "../../../blas/view.ts";
import { type Traced, tracer } from "./tracing.ts";

/** Shapes that parameters have: 0-d, empty, of length 1, and some that broadcast against each other. */
const SHAPES: readonly Shape[] = [
  [],
  [1],
  [3],
  [4],
  [2, 3],
  [3, 2],
  [3, 1],
  [1, 4],
  [3, 4],
  [4, 3],
  [2, 3, 4],
  [0, 3],
  [3, 3],
];

/** A program of one dtype, some of it in the other one. */
export function programArbitrary(dtype: DType): fc.Arbitrary<Program> {
  return fc.tuple(
    fc.array(fc.nat(2 ** 31 - 1), { minLength: 4, maxLength: 24 }),
    fc.array(fc.nat(1000), { minLength: 1, maxLength: 4 }),
  )
    .map(([tape, results]) => programOf(dtype, tape, results));
}

/** Choices that depend on a number. */
export type Choices = {
  /** Returns a number below `count`. */
  readonly draw: (count: number) => number;
  /** Returns one of a list: half of the time one of the last few, which are more interesting than the first. */
  readonly pick: (from: readonly Traced[]) => Traced;
};

/** Returns the choices that depend on a number; `recent` elements of a list count as its last few. */
export function choicesOf(code: number, recent: number): Choices {
  let rest = code;
  const draw = (count: number): number => {
    const drawn = rest % count;
    rest = Math.floor(rest / count);
    return drawn;
  };
  return {
    draw,
    pick: (from) => from[draw(2) === 0 ? from.length - 1 - draw(Math.min(recent, from.length)) : draw(from.length)]!,
  };
}

function programOf(dtype: DType, tape: readonly number[], results: readonly number[]): Program {
  const t = tracer(), other = dtype === "float32" ? "float64" : "float32";
  const pool: Traced[] = [
    ...SHAPES.map((shape) => t.parameter(dtype, shape)),
    t.number(0.5, dtype),
    t.constant(filled(dtype, [3], () => 0.25)),
    t.constant(filled(dtype, [3, 4], (k) => Math.sin(k))),
    t.constant(filled(dtype, [2, 3], () => 0)),
  ];
  for (const code of tape) {
    const { draw, pick } = choicesOf(code, 4);
    const kind = draw(14), x = pick(pool), rank = x.shape.length;
    const fitting = pool.filter((y) => y.dtype === x.dtype && broadcasts(x.shape, y.shape));
    const y = pick(fitting), axis = rank === 0 ? 0 : draw(rank);
    const made = ((): Traced => {
      switch (kind) {
        case 0:
          return t.map([s.neg, s.tanh, s.abs, (x: s.Scalar) => s.max(x, 0)][draw(4)]!, x);
        case 1:
        case 2:
          return t.map([s.add, s.mul, s.sub, s.min][draw(4)]!, x, y);
        case 3:
          return t.map([s.add, s.mul, s.sub][draw(3)]!, x, [0, 1, 0.5, -1][draw(4)]!);
        case 4:
          // A continuous function, since a number that would be 0 without rounding may be on either side of it.
          return t.map((x, y) => s.select(s.greater(x, 0), s.mul(x, y), 0), x, t.map(s.tanh, y));
        case 5:
          return t.transpose(x);
        case 6:
          return t.reshape(x, reshaped(x.shape, draw(4)));
        case 7:
          return t.broadcast(x, [[2, ...x.shape], x.shape.map((length) => length === 1 ? 3 : length)][draw(2)]!);
        case 8:
          return t.slice(x, x.shape.map((length) => length < 2 ? [0, 1, length] : [1, 1, length - 1]));
        case 9: {
          const axes = rank === 0 ? [] : draw(3) === 0 ? x.shape.map((_, k) => k) : [axis];
          return [t.reduce, t.reduceKept][draw(2)]!((["sum", "sum", "max"] as const)[draw(3)]!, x, axes);
        }
        case 10: {
          const matrices = pool.filter(({ dtype, shape }) => dtype === x.dtype && shape.length === 2);
          if (matrices.length === 0) return t.map(s.neg, x);
          const a = pick(matrices), b = matrices.filter(({ shape }) => shape[0] === a.shape[1]);
          return b.length === 0 ? t.map(s.neg, a) : t.gemm(a, pick(b));
        }
        case 11: {
          // Adjacent, or apart: sums of these need only one array.
          const [length = 1, ...rest] = x.shape, zeros = rest.map(() => 0);
          if (rank === 0) return t.map(s.neg, x);
          const twice = [2 * length, ...rest], steps = [2, ...rest.map(() => 1)];
          switch (draw(3)) {
            case 0:
              return t.join(twice, 0, [x, zeros.concat(0)], [x, [length, ...zeros]]);
            case 1:
              return t.map(
                s.add,
                t.join(twice, 0, [x, [1, ...zeros], steps]),
                t.join(twice, 0, [x, [0, ...zeros], steps]),
              );
            default:
              return t.join([length + 2, ...rest], 0.5, [x, [1, ...zeros]]);
          }
        }
        case 12: {
          const same = pool.filter(({ dtype, shape }) => dtype === x.dtype && String(shape) === String([2, 3]));
          const wide = (y: Traced, row: number) => t.join([4, 3], 0, [t.slice(y, [[0, 1, 1], [0, 1, 3]]), [row, 0]]);
          if (same.length === 0) return t.map(s.neg, x);
          return t.map(s.add, t.map(s.add, wide(pick(same), 1), wide(pick(same), 3)), wide(pick(same), draw(4)));
        }
        default:
          return draw(2) === 0
            ? t.cast(x, x.dtype === dtype ? other : dtype)
            : t.host("halve", "halve", [x], x, ([v]) => filled(v!.dtype, v!.shape, (k) => elementsOf(v!)[k]! / 2));
      }
    })();
    if (made.shape.length <= 4 && sizeOf(made.shape) <= 200) pool.push(made);
  }
  return t.program(...results.map((code) => pool[pool.length - 1 - code % Math.min(pool.length, 8)]!));
}

const broadcasts = (a: Shape, b: Shape): boolean =>
  Array.from({ length: Math.min(a.length, b.length) }, (_, k) => [a.at(-1 - k)!, b.at(-1 - k)!])
    .every(([x, y]) => x === y || x === 1 || y === 1);

function reshaped(shape: Shape, which: number): Shape {
  const size = sizeOf(shape);
  if (which === 0) return [size];
  if (which === 1) return size % 2 === 0 ? [2, size / 2] : [1, size];
  return which === 2 ? [...shape, 1] : [...shape].reverse();
}

/** An array of numbers by their row-major place. */
export function filled(dtype: DType, shape: Shape, value: (k: number) => number): View {
  const v = allocate(dtype, shape);
  for (let k = 0; k < v.size; k++) v.data[v.offset + k] = value(k);
  return v as View;
}

/** The elements of a row-major array, or one with other strides. */
export function elementsOf(v: View): number[] {
  const elements: number[] = [];
  const visit = (axis: number, position: number): void => {
    if (axis === v.shape.length) elements.push(v.data[position]!);
    else for (let i = 0; i < v.shape[axis]!; i++) visit(axis + 1, position + i * v.stride[axis]!);
  };
  visit(0, v.offset);
  return elements;
}

/** Returns numbers for a program's parameters, the same each time. */
export function argumentsOf({ parameters }: Program): readonly View[] {
  return parameters.map(({ dtype, shape }, p) => filled(dtype, shape, (k) => 1.5 * Math.sin(1 + 7 * p + 3 * k)));
}

/**
 * Runs two programs, and compares their results up to rounding, relative to the largest number in the first one.
 *
 * @returns What differs, or `undefined`.
 */
export function difference(expected: Program, actual: Program): string | undefined {
  const tolerance = valueTypes(expected).some(({ dtype }) => dtype === "float32") ? 1e-5 : 1e-12;
  const given = argumentsOf(expected), all = valueTypes(expected).map((_, value) => value);
  const values = interpret({ ...expected, results: all }, given, reference),
    found = interpret(actual, given, reference);
  const finite = values.flatMap(elementsOf).map(Math.abs).filter((x) => x < Infinity);
  const largest = finite.reduce((most, x) => Math.max(most, x), 1);
  for (const [k, value] of expected.results.entries()) {
    const want = values[value]!, got = found[k]!;
    if (want.dtype !== got.dtype || String(want.shape) !== String(got.shape)) {
      return `result ${k} is ${got.dtype} [${got.shape}], not ${want.dtype} [${want.shape}]`;
    }
    const wanted = elementsOf(want), had = elementsOf(got);
    for (const [i, x] of wanted.entries()) {
      const y = had[i]!;
      if (Object.is(x, y) || x === y || Math.abs(x - y) <= tolerance * largest) continue;
      return `element ${i} of result ${k} is ${y}, not ${x}`;
    }
  }
  return undefined;
}
