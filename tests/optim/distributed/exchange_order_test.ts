/**
 * The order and number of exchanges in compiled functions: other ranks count on those of the function as it is written.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import {
  add,
  compile,
  cond,
  full,
  greater,
  mul,
  scanAlong,
  sin,
  sum,
  type Tensor,
  tensor32,
  whileLoop,
  zeros,
} from "../../../mod.ts";
import { collectiveOver } from "../../../optim/distributed/collective_over.ts";
import { mirror } from "./mirror.ts";

type Sum = (t: Tensor) => Tensor;

/** Returns the lengths of the sums that a function makes, plainly and compiled. */
function lengths(make: (total: Sum) => (x: Tensor) => unknown): readonly [plain: number[], compiled: number[]] {
  const x = tensor32(Array.from({ length: 16 }, (_, k) => k / 16));
  const [plain, compiled] = [(f: (x: Tensor) => unknown) => f, compile].map((transform) => {
    const transport = mirror(2), { sum: total } = collectiveOver(transport), f = transform(make(total) as Sum);
    f(x);
    const before = transport.log.length;
    f(x);
    return transport.log.slice(before).filter((line) => line.startsWith("sum")).map((line) => Number(line.slice(4)));
  });
  return [plain!, compiled!];
}

const wide = (x: Tensor, times: number): Tensor => mul(x, full([times, 16], 2));

/** Sums 32 elements in each of three steps. */
const loop = (total: Sum, x: Tensor): Tensor =>
  scanAlong(
    (carry: Tensor, one: Tensor) => [add(carry, sum(total(mul(wide(x, 2), one)))), null] as const,
    sum(x),
    zeros([3]),
    {
      length: 3,
    },
  )[0];

const CASES: Readonly<
  Record<string, readonly [make: (total: Sum) => (x: Tensor) => unknown, lengths: readonly number[]]>
> = {
  "a loop between two exchanges": [
    (total) => (x) => {
      const first = total(sin(x)), inside = loop(total, x), last = total(wide(x, 3));
      return [first, inside, last];
    },
    [16, 32, 32, 32, 48],
  ],
  "a loop whose result nothing needs": [
    (total) => (x) => {
      loop(total, x);
      return total(x);
    },
    [32, 32, 32, 16],
  ],
  "exchanges in a loop of its own number of steps, and in a choice": [
    (total) => (x) => {
      const [count] = whileLoop(
        ([k]: readonly [Tensor]) => greater(tensor32(2), k),
        ([k]: readonly [Tensor]) => [add(add(k, 1), mul(sum(total(wide(x, 2))), 0))] as const,
        [sum(mul(x, 0))],
        { maxSteps: 5 },
      );
      return [total(x), cond(greater(count, 1), () => total(wide(x, 3)), () => wide(x, 3)), total(wide(x, 4))];
    },
    [32, 32, 16, 48, 64],
  ],
  "a value that maps read before and after an exchange": [
    (total) => (x) => {
      const y = sin(x), first = total(wide(y, 2)), second = total(wide(x, 3)), z = add(y, x);
      return [mul(z, y), first, second, total(z)];
    },
    [32, 48, 16],
  ],
};

for (const [name, [make, expected]] of Object.entries(CASES)) {
  Deno.test(`a compiled function exchanges as often and in the same order as the plain one: ${name}`, () => {
    const [plain, compiled] = lengths(make);
    assertEquals(plain, expected);
    assertEquals(compiled, expected);
  });
}

Deno.test("exchanges stay in order where a carried result waits for those that still read its parameter", () => {
  const transport = mirror(2), { sum: total } = collectiveOver(transport);
  const step = compile((carry: Tensor, x: Tensor) => {
    const next = total(mul(carry, x)), other = total(wide(carry, 2));
    return [next, other] as const;
  });
  for (const _ of step.scan(tensor32(new Array(16).fill(1)), [1, 2, 3].map((k) => tensor32(k)))) { /* only run */ }
  assertEquals(transport.log.filter((line) => /^sum (16|32)$/.test(line)).slice(-4), [
    "sum 16",
    "sum 32",
    "sum 16",
    "sum 32",
  ]);
});

Deno.test("what no step of a loop changes is exchanged in each step of a plain loop, and once where the loop is compiled", () => {
  const [plain, compiled] = lengths((total) => (x) =>
    scanAlong(
      (carry: Tensor, one: Tensor) => [add(carry, mul(sum(total(x)), one)), null] as const,
      sum(x),
      zeros([3]),
    )[0]
  );
  assertEquals([plain, compiled], [[16, 16, 16], [16]]);
});
