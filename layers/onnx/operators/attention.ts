/**
 * Attention, and positions as rotations.
 *
 * @module
 */
import * as ops from "../../../autograd/ops/mod.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { innerShape } from "../../../autograd/tensor_record.ts";
import { full } from "../../../autograd/values/constructors.ts";
import { type Call, input, numberOf, type Operators, shapeAt, tensorAt, type Value } from "../value.ts";

/** `[batch, length, heads * size]` as `[batch, heads, length, size]`. */
function split(t: Tensor, heads: number): Tensor {
  const [batch, length, width] = innerShape(t) as [number, number, number]; // the shape that ONNX specifies
  return ops.transpose(ops.reshape(t, [batch, length, heads, width / heads]), [0, 2, 1, 3]);
}

/** Repeats heads of keys and values, each for as many heads of queries. */
function repeated(t: Tensor, count: number): Tensor {
  const [batch, heads, length, size] = innerShape(t) as [number, number, number, number]; // see above
  if (count === 1) return t;
  const own = ops.broadcastTo(ops.expandDims(t, 2), [batch, heads, count, length, size]);
  return ops.reshape(own, [batch, heads * count, length, size]);
}

function attention(call: Call): readonly Value[] {
  const { type } = input(call, 0), isFlat = shapeAt(call, 0).length === 3, mask = call.inputs[3];
  const heads = isFlat ? numberOf(call, "q_num_heads", 1) : shapeAt(call, 0)[1]!;
  const keyHeads = isFlat ? numberOf(call, "kv_num_heads", heads) : shapeAt(call, 1)[1]!;
  const [q, k, v] = [heads, keyHeads, keyHeads].map((count, at) =>
    isFlat ? split(tensorAt(call, at), count) : tensorAt(call, at)
  ) as [Tensor, Tensor, Tensor]; // of three
  const before = (at: number, t: Tensor): Tensor =>
    call.inputs[at] === undefined ? t : ops.concat([tensorAt(call, at), t], 2);
  const keys = before(4, k),
    values = before(5, v),
    [, , length, size] = innerShape(q) as [number, number, number, number], // the shape that ONNX specifies
    total = innerShape(keys)[2]!;
  const scale = numberOf(call, "scale", 1 / Math.sqrt(size)), cap = numberOf(call, "softcap", 0);
  const products = ops.scale(ops.matmul(q, ops.transpose(repeated(keys, heads / keyHeads), [0, 1, 3, 2])), scale);
  const bias = mask === undefined
    ? undefined
    : mask.type === "bool"
    ? ops.where(ops.cast(mask.tensor, q.dtype), full([], 0, { dtype: q.dtype }), -Infinity)
    : mask.tensor;
  const capped = cap > 0 ? ops.scale(ops.tanh(ops.scale(products, 1 / cap)), cap) : products;
  const masked = bias === undefined ? capped : ops.add(capped, bias);
  const past = call.inputs[4] === undefined ? 0 : shapeAt(call, 4)[2]!;
  const seen = numberOf(call, "is_causal", 0) === 1
    ? ops.where(ops.tril(full([length, total], 1, { dtype: q.dtype }), past), masked, -Infinity)
    : masked;
  const weights = ops.softmax(seen, { axis: 3 }), y = ops.matmul(weights, repeated(values, heads / keyHeads));
  const joined = ops.reshape(ops.transpose(y, [0, 2, 1, 3]), [innerShape(y)[0]!, length, heads * innerShape(y)[3]!]);
  const stages = [products, seen, capped, weights],
    stage = stages[numberOf(call, "qk_matmul_output_mode", 0)] ?? products;
  return [isFlat ? joined : y, keys, values, stage].map((tensor) => ({ type, tensor }));
}

/** Turns pairs of elements by angles that depend on the position. */
function rotary(call: Call): readonly Value[] {
  const { type, tensor } = input(call, 0),
    isFlat = innerShape(tensor).length === 3,
    isInterleaved = numberOf(call, "interleaved", 0) === 1;
  const x = isFlat ? split(tensor, numberOf(call, "num_heads", 1)) : tensor,
    [batch, , length, size] = innerShape(x) as [number, number, number, number]; // the shape that ONNX specifies
  const width = numberOf(call, "rotary_embedding_dim", 0) || size, half = width / 2, positions = call.inputs[3]?.tensor;
  // [positions, half], or [batch, length, half] where positions are not given.
  const angle = (at: number): Tensor => {
    const cache = tensorAt(call, at), own = positions === undefined ? cache : ops.take(cache, positions);
    return ops.reshape(own, [batch, 1, length, half]);
  };
  const cos = angle(1),
    sin = angle(2),
    last = (t: Tensor, from: number, to: number, step = 1): Tensor => ops.sliceAxes(t, [[], [], [], [from, to, step]]);
  const turned = last(x, 0, width),
    [a, b] = isInterleaved
      ? [last(turned, 0, width, 2), last(turned, 1, width, 2)]
      : [last(turned, 0, half), last(turned, half, width)];
  const real = ops.sub(ops.mul(cos, a), ops.mul(sin, b)), imaginary = ops.add(ops.mul(sin, a), ops.mul(cos, b));
  const joined = isInterleaved
    ? ops.reshape(ops.stack([real, imaginary], -1), innerShape(turned))
    : ops.concat([real, imaginary], 3);
  const y = width === size ? joined : ops.concat([joined, last(x, width, size)], 3);
  return [{ type, tensor: isFlat ? ops.reshape(ops.transpose(y, [0, 2, 1, 3]), innerShape(tensor)) : y }];
}

/** The operators of this file. */
export const attentionOperators: Operators = /* @__PURE__ */ (() => ({
  Attention: { compute: attention },
  RotaryEmbedding: { compute: rotary },
}))();
