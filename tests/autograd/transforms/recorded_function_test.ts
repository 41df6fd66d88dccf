import { assertEquals, assertThrows } from "@std/assert";
import { AbstractValueError } from "../../../autograd/errors.ts";
import {
  add,
  backward,
  mul,
  scale,
  sin,
  stopGradient,
  sum,
  type Tensor,
  tensor64,
  toList,
  toNumber,
} from "../../../autograd/mod.ts";
import { record, replay, typeOf } from "../../../autograd/transforms/recorded_function.ts";

const x = tensor64([1, 2]), y = tensor64([10, 20]);

Deno.test("a recorded function is run once, and applied to anything of the same types", () => {
  let runs = 0;
  const { recorded, captured } = record("test", [typeOf(x), typeOf(y)], ([a, b]) => {
    runs++;
    return [add(mul(a!, b!), 1), a!];
  });
  assertEquals(replay(recorded, [x, y]).map(toList), [[11, 41], [1, 2]]);
  assertEquals(replay(recorded, [y, y]).map(toList), [[101, 401], [10, 20]]);
  assertEquals([runs, captured.length], [1, 0]);
});

Deno.test("what a function closes over becomes further arguments if it is tracked, once each", () => {
  const { recorded, captured } = record("test", [typeOf(x)], ([a]) => [mul(mul(a!, y), y), stopGradient(y)]);
  assertEquals([captured.length, captured[0] === y, recorded.inputs.length], [1, true, 2]);
  assertEquals(replay(recorded, [x, scale(y, 2)]).map(toList), [[400, 3200], [10, 20]]);
});

Deno.test("stopGradient stops in every application", () => {
  const { recorded } = record("test", [typeOf(x)], ([a]) => [mul(a!, stopGradient(sin(a!)))]);
  const [product] = replay(recorded, [x]), slope = backward(sum(product!)).get(x)!;
  assertEquals(toList(slope), [Math.sin(1), Math.sin(2)]);
});

Deno.test("what no output depends on is left out", () => {
  const { recorded } = record("test", [typeOf(x)], ([a]) => {
    sin(sin(a!));
    return [scale(a!, 2)];
  });
  assertEquals(recorded.equations.length, 1);
});

Deno.test("values cannot be read, and the error names what runs the function", () => {
  const error = assertThrows(
    () => record("scanAlong", [typeOf(x)], ([a]) => [tensor64(toNumber(sum(a as Tensor)))]),
    Error,
  );
  assertEquals(error instanceof AbstractValueError, true);
  assertEquals(error.message.startsWith("Cannot read the value of a tensor in a function that scanAlong runs: "), true);
});
