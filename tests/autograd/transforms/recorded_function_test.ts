import { assertEquals, assertThrows } from "@std/assert";
import { add, constant, mul, neg, type Tensor, tensor32, tensor64, toList, toNumber } from "../../../autograd/mod.ts";
import { needed, record, replay, typeOf } from "../../../autograd/transforms/recorded_function.ts";

const PAIR = { dtype: "float64", shape: [2] } as const;
const names = (recorded: ReturnType<typeof needed>) => recorded.equations.map(({ primitive }) => primitive.name);

Deno.test("a function is recorded without values, and replayed with those of any arguments", () => {
  let runs = 0;
  const { recorded, captured } = record("test", [PAIR, PAIR], ([a, b]) => {
    runs++;
    return [mul(add(a!, b!), a!), b!];
  });
  for (const [a, b] of [[[1, 2], [3, 4]], [[5, -1], [0, 1]]] as const) {
    const [product, same] = replay(recorded, [tensor64(a), tensor64(b)]);
    assertEquals([toList(product!), toList(same!)], [a.map((x, i) => (x + b[i]!) * x), [...b]]);
  }
  assertEquals([runs, captured, names(recorded)], [1, [], ["add", "mul"]]);
});

Deno.test("what a recorded function closes over becomes an argument if it is tracked, and a constant if not", () => {
  const w = tensor64([10, 20]), fixed = constant([1, 2], { dtype: "float64" });
  const { recorded, captured } = record("test", [PAIR], ([a]) => [add(mul(a!, w), fixed)]);
  assertEquals([captured.length, captured[0] === w, recorded.inputs.length], [1, true, 2]);
  assertEquals(toList(replay(recorded, [tensor64([3, 4]), tensor64([100, 0])])[0]!), [301, 2]);
});

Deno.test("equations that no output depends on are left out", () => {
  const { recorded } = record("test", [PAIR], ([a]) => {
    neg(mul(a!, a!));
    return [add(a!, a!)];
  });
  assertEquals(names(recorded), ["add"]);
  assertEquals(names(needed({ ...recorded, outputs: [] })), []);
});

Deno.test("a recorded function cannot read its arguments, and says what to write in place of a branch", () => {
  const read = ([a]: readonly Tensor[]) => toNumber(a!) > 0 ? [a!] : [neg(a!)];
  assertThrows(() => record("repeat", [{ dtype: "float64", shape: [] }], read), Error, "a function that repeat runs");
});

Deno.test("typeOf() gives dtype and shape and nothing else", () => {
  assertEquals(typeOf(tensor32([[1], [2]])), { dtype: "float32", shape: [2, 1] });
});
