/**
 * The primitives of loops and branches (scan_primitive, while_primitive, branch_primitive) on functions recorded by hand.
 *
 * @module
 */
import { assertEquals, assertThrows } from "@std/assert";
import {
  add,
  backward,
  less,
  mul,
  neg,
  scale,
  square,
  sum,
  type Tensor,
  tensor64,
  toArray,
  toNumber,
} from "../../../autograd/mod.ts";
import { applyBranch } from "../../../autograd/transforms/branch_primitive.ts";
import { record, type RecordedFunction } from "../../../autograd/transforms/recorded_function.ts";
import { applyScan } from "../../../autograd/transforms/scan_primitive.ts";
import { applyWhile, ended, refusingDerivatives } from "../../../autograd/transforms/while_primitive.ts";

const NUMBER = { dtype: "float64", shape: [] } as const;
const recorded = (count: number, f: (...given: Tensor[]) => readonly Tensor[]): RecordedFunction =>
  record("test", Array.from({ length: count }, () => NUMBER), (given) => f(...given)).recorded;

Deno.test("a scan folds slices in either direction and stacks what is yielded at the places of the slices", () => {
  const step = recorded(3, (c, x, w) => [add(mul(c, w), x), c]);
  for (const [reverse, last, before] of [[false, 123, [0, 1, 12]], [true, 321, [32, 3, 0]]] as const) {
    const attributes = { step, carries: 1, sequences: 1, length: 3, reverse };
    const [carry, yielded] = applyScan(attributes, [tensor64(0), tensor64([1, 2, 3]), tensor64(10)]);
    assertEquals([toNumber(carry!), toArray(yielded!)], [last, before]);
  }
});

Deno.test("a scan is differentiated with respect to what was captured", () => {
  const step = recorded(3, (c, x, w) => [add(mul(c, w), x)]), w = tensor64(10);
  const attributes = { step, carries: 1, sequences: 1, length: 3, reverse: false };
  const [carry] = applyScan(attributes, [tensor64(0), tensor64([1, 2, 3]), w]);
  // (1 w + 2) w + 3 has the slope 2 w + 2.
  assertEquals(toNumber(backward(sum(carry!)).get(w)!), 22);
});

Deno.test("a branch runs the first function where the predicate is not 0, and has the slope of what it ran", () => {
  const branches = [recorded(1, (x) => [square(x)]), recorded(1, (x) => [neg(x)])];
  for (const [predicate, value, slope] of [[1, 9, 6], [0, -3, -1], [-2, 9, 6]] as const) {
    const x = tensor64(3), attributes = { name: "test", branches, tracked: [true] };
    const [y] = applyBranch(attributes, [tensor64(predicate), x]);
    assertEquals([toNumber(y!), toNumber(backward(sum(y!)).get(x)!)], [value, slope]);
  }
  const always = { name: "test", branches: branches.slice(1), tracked: [false] };
  assertEquals(toNumber(applyBranch(always, [tensor64(4)])[0]!), -4);
});

Deno.test("a loop stops when its condition is 0 or its steps are used up, and refuses derivatives", () => {
  const functions = [recorded(2, (c, limit) => [less(c, limit)]), recorded(2, (c, _) => [scale(c, 2)])];
  const run = (maxSteps: number | undefined, x: Tensor) =>
    applyWhile({ functions, carries: 1, maxSteps }, [x, tensor64(100)]);
  assertEquals([undefined, 3, 0].map((most) => toNumber(run(most, tensor64(3))[0]!)), [192, 24, 3]);
  const x = tensor64(3);
  assertThrows(() => backward(sum(run(undefined, x)[0]!)), TypeError, "Cannot differentiate whileLoop");
  const refusing = refusingDerivatives([tensor64(5)], [x]);
  assertEquals(toNumber(refusing[0]!), 5);
  assertThrows(() => backward(sum(refusing[0]!)), TypeError, "Cannot differentiate whileLoop");
});

Deno.test("a carry that has ended is itself, with its cotangents; one that has not throws", () => {
  const x = tensor64(3), error = () => new RangeError("too many steps");
  const [carry] = ended([x], tensor64(0), error);
  assertEquals([toNumber(carry!), toNumber(backward(sum(square(carry!))).get(x)!)], [3, 6]);
  assertThrows(() => ended([x], tensor64(1), error).map(toNumber), RangeError, "too many steps");
});
