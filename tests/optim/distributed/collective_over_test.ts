/**
 * Collectives as in `optim/distributed/collective.ts`: the primitive of `optim/distributed/exchange.ts`, and the checks of
 * `optim/distributed/check_exchanged.ts`.
 *
 * @module
 */
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  compile,
  formatProgram,
  gradient,
  isTensor,
  matmul,
  mul,
  profileOf,
  sum,
  type Tensor,
  tensor32,
  tensor64,
  toArray,
  toList,
  transpose,
  tree,
  vmap,
} from "../../../mod.ts";
import { collectiveOver } from "../../../optim/distributed/collective_over.ts";
import type { Numbers } from "../../../optim/distributed/transport.ts";
import { mirror } from "./mirror.ts";

const lists = (tensors: unknown): unknown => tree.map((t: Tensor) => toArray(t), tensors as Tensor[]);

Deno.test("sum() and mean() take trees of both dtypes, with one message for each dtype", () => {
  const transport = mirror(4), { sum, mean } = collectiveOver(transport);
  const own = { a: tensor32([1, 2]), b: [tensor64(3), tensor32([[4, 5, 6]])] };
  assertEquals(lists(sum(own)), { a: [4, 8], b: [12, [[16, 20, 24]]] });
  assertEquals(lists(mean(own)), { a: [1, 2], b: [3, [[4, 5, 6]]] });
  assertEquals(lists(own), { a: [1, 2], b: [3, [[4, 5, 6]]] });
  // Before the first message the ranks compare what they are about to send: 1 KiB, and a number for each rank.
  assertEquals(transport.log, ["broadcast 128 from 0", "sum 4", "sum 32", "sum 8", "sum 32", "sum 8"]);
});

Deno.test("ranks compare all that they exchange together, both dtypes and what is mapped over examples", () => {
  const seen: string[] = [], text = (numbers: Numbers) => new TextDecoder().decode(numbers.buffer).replace(/\0+$/, "");
  const { sum } = collectiveOver({ ...mirror(2), broadcast: (numbers) => void seen.push(text(numbers).slice(17)) });
  sum([tensor32([1]), tensor64(2), tensor32([3, 4])]);
  vmap((x: Tensor) => sum(x))(tensor32([[1, 2], [3, 4]]));
  assertEquals(seen, ["sum float32 [1], float64 [], float32 [2]", "sum float32 [2, 2], mapped, of float32 [2]"]);
});

Deno.test("the derivative of a sum over ranks is the sum of all ranks' derivatives", () => {
  const { sum: total, mean } = collectiveOver(mirror(4));
  const f = (x: Tensor<"float64">) => sum(mul(total(x), x)), x = tensor64([1, 2]);
  assertEquals(toList(gradient(f)(x)), [8, 16]);
  assertEquals(toList(gradient((y: Tensor<"float64">) => sum(mul(mean({ y }).y, tensor64([5, 7]))))(x)), [5, 7]);
});

Deno.test("broadcast() sends tensors and numbers, and keeps what variables and records are", () => {
  const transport = mirror(2), { broadcast } = collectiveOver(transport);
  const given = { w: tensor32([1]), epoch: 3, done: false, name: "run", none: null }, found = broadcast(given, 1);
  assertEquals([found.epoch, found.done, found.name, found.none, isTensor(found.w)], [3, false, "run", null, true]);
  assertEquals(transport.log.filter((line) => line.endsWith("from 1")), ["broadcast 1 from 1", "broadcast 16 from 1"]);
});

Deno.test("what cannot be exchanged is refused before anything is sent", () => {
  const transport = mirror(2), { sum, broadcast } = collectiveOver(transport);
  // @ts-expect-error numbers are not tensors
  assertThrows(() => sum({ a: 1 }), TypeError, 'Cannot apply sum to 1 at "a": ranks exchange trees of tensors');
  // @ts-expect-error functions cannot be sent
  assertThrows(() => broadcast({ f: () => 1 }), TypeError, 'Cannot broadcast a function at "f"');
  for (const root of [2, -1, 0.5]) {
    assertThrows(() => broadcast(tensor32([1]), root), RangeError, `Cannot broadcast from rank ${root}: it must be`);
  }
  assertEquals(transport.log, []);
});

Deno.test("a closed collective says so, and is closed once", () => {
  const transport = mirror(2), world = collectiveOver(transport);
  world.barrier();
  world.close();
  world.close();
  const compared = ["broadcast 128 from 0", "sum 2"];
  assertEquals(transport.log, [...compared, ...compared, "close"]);
  assertThrows(() => world.barrier(), Error, "Cannot wait for other ranks: the collective is closed");
  assertThrows(() => world.sum(tensor32([1])), Error, "Cannot sum over ranks: the collective is closed");
});

Deno.test("a compiled program sums its gradients where it has computed them: in one block, without copies", () => {
  const transport = mirror(2), { sum: total } = collectiveOver(transport);
  const f = compile((x: Tensor, w: Tensor, b: Tensor) => {
    const y = matmul(x, w);
    return total([transpose(matmul(transpose(y), x)), sum(mul(y, y), { axes: 0 }), mul(b, b)]);
  }, { profile: true });
  const x = tensor32([[1, 2], [3, 4], [5, 6]]), w = tensor32([[1, 0, 1], [0, 1, 1]]), b = tensor32([7]);
  const [first, second, third] = f(x, w, b);
  assertEquals(toArray(first!), [[70, 88, 158], [88, 112, 200]]);
  assertEquals([toList(second!), toList(third!)], [[70, 112, 358], [98]]);
  const before = transport.last();
  f(x, w, b);
  assertStrictEquals(transport.last().buffer, before.buffer, "the block is the program's own memory");
  assertEquals(transport.last().length, 48, "three arrays, each from the next cache line on");
  const listing = formatProgram(f, x, w, b);
  assertEquals(listing.includes("exchange sum %4 %5[3] %6"), true, listing);
  assertEquals(profileOf(f, x, w, b).filter(({ outside }) => outside).map(({ kind }) => kind), ["exchange"]);
});

Deno.test("what a program still needs, was given, or sums twice, is copied to the block", () => {
  const transport = mirror(2), { sum: total } = collectiveOver(transport), x = tensor64([1, 2]), y = tensor64([3, 4]);
  const f = compile((x: Tensor, y: Tensor) => {
    const z = mul(x, y);
    const [a, b, c, d] = total([z, z, x, tensor64([9])]) as readonly [Tensor, Tensor, Tensor, Tensor];
    return [a, b, c, d, z, total([a])[0]!];
  });
  for (let run = 0; run < 2; run++) {
    assertEquals(f(x, y).map(toList), [[6, 16], [6, 16], [2, 4], [18], [3, 8], [12, 32]]);
  }
  const g = compile((carry: Tensor, x: Tensor) => [total([carry])[0]!, mul(carry, x)] as const);
  const steps = g.scan(tensor64([1, 2]), [tensor64([1, 1]), tensor64([1, 1])]);
  assertEquals(Array.from(steps, toList), [[1, 2], [2, 4]]);
  assertEquals(toList(steps.carry), [4, 8]);
});

Deno.test("an exchange stays in a program that does not need its result, since the other ranks take part", () => {
  const transport = mirror(2), { sum: total } = collectiveOver(transport);
  const f = compile((x: Tensor) => (total(x), mul(x, 2)));
  assertEquals(toList(f(tensor32([1]))), [2]);
  assertEquals(transport.log.at(-1), "sum 16");
});

Deno.test("a sum of no tensors is agreed on, and an empty tensor is summed like others", () => {
  const transport = mirror(2), { sum } = collectiveOver(transport);
  assertEquals(sum([]), []);
  assertEquals(transport.log.length, 2);
  const f = compile((x: Tensor, y: Tensor) => sum([mul(x, 1), mul(y, 3)]));
  assertEquals(f(tensor32([], [0]), tensor32([1])).map(toList), [[], [6]]);
  assertEquals(f(tensor32([], [0]), tensor32([], [0])).map(toList), [[], []]);
});

Deno.test("broadcast() refuses numbers in compiled and mapped functions, where they would be sent only once", () => {
  const transport = mirror(2), { broadcast } = collectiveOver(transport), x = tensor64([1, 2]);
  const scaled = (t: Tensor) => mul(t, broadcast({ rate: 0.5 }).rate);
  assertEquals(toList(scaled(x)), [0.5, 1]);
  const sent = transport.log.length;
  for (const run of [() => compile(scaled)(x), () => vmap(scaled)(x)]) {
    assertThrows(run, TypeError, "Cannot broadcast the number 0.5 in a function that is compiled or mapped");
  }
  assertEquals(transport.log.length, sent);
  const step = compile((t: Tensor) => broadcast({ t }).t),
    lengths = [0, 1, 2].map(() => (step(x), transport.log.length));
  assertEquals(lengths[2]! - lengths[1]!, lengths[1]! - lengths[0]!, "tensors are sent in every run");
  assert(lengths[2]! > lengths[1]!);
});
