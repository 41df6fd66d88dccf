/**
 * Random numbers of keys: the hash behind them in integers of 64 bits, of which 32 are used.
 *
 * @module
 */
import { aboveMinusOne, type Distribution, integerMultiplier } from "../../../blas/distribution.ts";
import { type DType, DTYPES } from "../../../blas/dtype.ts";
import type { DrawOperation, FoldInOperation } from "../../../blas/program/operations/draw.ts";
import type { ValueType } from "../../../blas/program/program.ts";
import { sizeOf } from "../../../blas/shape.ts";
import { PARITY, ROTATIONS } from "../../../blas/threefry.ts";
import { erfInv } from "../../../autograd/ops/error_functions.ts";
import { Tracing } from "../../../autograd/compile/tracing.ts";
import { constantOf } from "../../../autograd/tensor.ts";
import { innerView } from "../../../autograd/tensor_record.ts";
import { type Context, exactOperand, reshapeWire } from "./context.ts";
import type { GraphWriter, Wire } from "./graph_writer.ts";
import { castWire } from "./movements.ts";

/** Two words of 32 bits, high then low. */
type Words = readonly [Wire, Wire];

/** Arithmetic of words. No step exceeds 2^53 unless it is a multiple of a large power of 2, so that float64 does as well. */
type Arithmetic = {
  readonly number: (value: number) => Wire;
  readonly node: (operator: string, a: Wire, b: Wire) => Wire;
  readonly xor: (a: Wire, b: Wire) => Wire;
};

function arithmeticOf(writer: GraphWriter): Arithmetic {
  const number = (value: number): Wire => writer.constant("int64", [], [value]);
  const node = (operator: string, a: Wire, b: Wire): Wire => writer.one(operator, [a, b]);
  if (writer.opset >= 18) return { number, node, xor: (a, b) => node("BitwiseXor", a, b) };
  // Bit by bit, along a new last axis.
  const powers = writer.constant("int64", [32], Array.from({ length: 32 }, (_, k) => 2 ** k)), last = writer.list([-1]);
  const bits = (x: Wire): Wire => node("Mod", node("Div", node("Unsqueeze", x, last), powers), number(2));
  const xor = (a: Wire, b: Wire): Wire => {
    const differ = node("Mod", node("Add", bits(a), bits(b)), number(2));
    return writer.one("ReduceSum", [node("Mul", differ, powers), last], { keepdims: 0 });
  };
  return { number, node, xor };
}

const added = ({ number, node }: Arithmetic, a: Wire, b: Wire): Wire => node("Mod", node("Add", a, b), number(2 ** 32));

const turned = ({ number, node }: Arithmetic, x: Wire, by: number): Wire => {
  const low = node("Mod", node("Mul", x, number(2 ** by)), number(2 ** 32));
  return node("Add", low, node("Div", x, number(2 ** (32 - by))));
};

/** Threefry-2x32: 20 rounds, in five groups of four. */
function hashed(writer: GraphWriter, key: Words, counter: Words): Words {
  const own = arithmeticOf(writer), { number, xor } = own;
  const keys = [key[0], key[1], xor(xor(key[0], key[1]), number(PARITY))] as const;
  let a = added(own, counter[0], keys[0]), b = added(own, counter[1], keys[1]);
  for (let group = 0; group < 5; group++) {
    for (const by of ROTATIONS[group % 2 === 0 ? 0 : 1]) {
      a = added(own, a, b);
      b = xor(turned(own, b, by), a);
    }
    a = added(own, a, keys[(group + 1) % 3]!);
    b = added(own, added(own, b, keys[(group + 2) % 3]!), number(group + 1));
  }
  return [a, b];
}

/** The words of a key, which is a list of two numbers. */
function wordsOf(writer: GraphWriter, key: Wire): Words {
  const whole = writer.one("Cast", [key], { to: 7 });
  const word = (k: number): Wire => writer.one("Gather", [whole, writer.constant("int64", [], [k])], { axis: 0 });
  return [word(0), word(1)];
}

/** The hashes of the numbers from 0 up to a count. */
function stream(writer: GraphWriter, key: Words, count: number): Words {
  const numbers = writer.constant("int64", [count], Float64Array.from({ length: count }, (_, k) => k));
  return hashed(writer, key, [writer.constant("int64", [], [0]), numbers]);
}

/** Numbers drawn uniformly, starting at `low`. */
function uniform(writer: GraphWriter, dtype: DType, words: Words, low: number, range: number): Wire {
  const { number, node, xor } = arithmeticOf(writer), constant = (x: number): Wire => writer.constant(dtype, [], [x]);
  const isSingle = dtype === "float32";
  const bits = isSingle
    ? node("Div", xor(...words), number(2 ** 9))
    : node("Add", node("Mul", words[0], number(2 ** 20)), node("Div", words[1], number(2 ** 12)));
  const unit = node("Mul", castWire(writer, bits, dtype), constant(isSingle ? 2 ** -23 : 2 ** -52));
  return node("Add", node("Mul", unit, constant(range)), constant(low));
}

/** The inverse error function, as the library has it. */
function inverseWire({ write, writer }: Context, dtype: DType, x: Wire, count: number): Wire {
  const tracing = new Tracing([{ dtype, shape: [count] }]);
  const y = tracing.run(() => erfInv(constantOf(tracing.parameter(0))));
  return write(writer, tracing.program([innerView(y)]), [x])[0]!;
}

/** Integers: the remainder of 64 bits. The product is taken in halves, so that nothing exceeds 2^53. */
function integers(writer: GraphWriter, dtype: DType, key: Words, count: number, min: number, span: number): Wire {
  const own = arithmeticOf(writer), { number, node, xor } = own, multiplier = integerMultiplier(span);
  const [upper, lower] = [0, 1].map((k) => {
    const words = stream(writer, hashed(writer, key, [number(0), number(k)]), count);
    return node("Mod", xor(...words), number(span));
  }) as [Wire, Wire]; // two streams
  const high = node("Mod", node("Mul", upper, number(Math.floor(multiplier / 2 ** 16))), number(2 ** 16));
  const low = node("Mul", upper, number(multiplier % 2 ** 16));
  const product = node("Mod", node("Add", node("Mul", high, number(2 ** 16)), low), number(2 ** 32));
  const rest = node("Mod", added(own, product, lower), number(span));
  return node("Add", castWire(writer, rest, dtype), writer.constant(dtype, [], [min]));
}

function drawn(context: Context, distribution: Distribution, dtype: DType, key: Words, count: number): Wire {
  const { writer } = context, constant = (x: number): Wire => writer.constant(dtype, [], [x]);
  switch (distribution.kind) {
    case "uniform":
      return uniform(writer, dtype, stream(writer, key, count), distribution.low, distribution.range);
    case "normal": {
      const low = aboveMinusOne(DTYPES[dtype].epsilon), x = uniform(writer, dtype, stream(writer, key, count), low, 2);
      const unit = writer.one("Mul", [inverseWire(context, dtype, x, count), constant(Math.SQRT2)]);
      return writer.one("Add", [writer.one("Mul", [unit, constant(distribution.std)]), constant(distribution.mean)]);
    }
    case "integer":
      return integers(writer, dtype, key, count, distribution.min, distribution.span);
  }
}

/** Writes random numbers. */
export function writeDraw(context: Context, operation: DrawOperation, results: readonly ValueType[]): readonly Wire[] {
  const { distribution, shape, key } = operation, { writer } = context, [result] = results as [ValueType]; // it has one
  const count = sizeOf(shape), words = wordsOf(writer, exactOperand(context, key));
  return [reshapeWire(context, drawn(context, distribution, result.dtype, words, count), [count], result.shape)];
}

/** Writes a key that is made of a key and a number. */
export function writeFoldIn(context: Context, { key, number }: FoldInOperation): readonly Wire[] {
  const { writer } = context, words = wordsOf(writer, exactOperand(context, key));
  const given = writer.one("Reshape", [
    writer.one("Cast", [exactOperand(context, number)], { to: 7 }),
    writer.list([]),
  ]);
  const pair = hashed(writer, words, [writer.constant("int64", [], [0]), given]);
  const rows = pair.map((word) => writer.one("Reshape", [word, writer.list([1])]));
  return [writer.one("Cast", [writer.one("Concat", rows, { axis: 0 })], { to: 11 })];
}
