/**
 * The carry of a running scan, of compiled steps and of plain ones.
 *
 * @module
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  add,
  backward,
  compile,
  constant,
  foldIn,
  type Key,
  key,
  mul,
  scan,
  softmaxCrossEntropy,
  sum,
  type Tensor,
  tensor64,
  toList,
  toNumber,
} from "../../../autograd/mod.ts";
import { engines, setEngine } from "../../../blas/mod.ts";

type T64 = Tensor<"float64">;
type Carry = { readonly total: T64; readonly key: Key; readonly mode: string };

const step = ({ total, key, mode }: Carry, x: T64) =>
  [{ total: add(total, x), key: foldIn(key, 1), mode }, mul(total, 2)] as const;
const start: Carry = { total: tensor64([0, 10]), key: key(1), mode: "sum" };
const xs = [1, 2, 3].map((v) => tensor64([v, -v]));
const scans = { compiled: () => compile(step).scan(start, xs), plain: () => scan(step, start, xs) };
const read = ({ total, key, mode }: Carry) => [toList(total), key.words, mode];

for (const [name, begin] of Object.entries(scans)) {
  Deno.test(`${name}: the carry can be read before, between, and after the steps`, () => {
    const run = begin(), seen = [read(run.carry)];
    for (const _ of run) seen.push(read(run.carry));
    const wanted = xs.reduce<Carry[]>((all, x) => [...all, step(all.at(-1)!, x)[0]], [start]).map(read);
    assertEquals(seen, wanted);
    assertEquals(read(run.carry), wanted.at(-1));
  });

  Deno.test(`${name}: after a break the carry is that of the last step taken`, () => {
    const run = begin();
    let steps = 0;
    for (const _ of run) if (++steps === 2) break;
    assertEquals(toList(run.carry.total), [3, 7]);
    assertEquals(run.next().done, true);
  });

  Deno.test(`${name}: values that were read stay, whatever later steps and scans do`, () => {
    const run = begin();
    run.next();
    const { carry } = run, before = read(carry);
    for (const _ of run);
    for (const _ of begin());
    assertEquals(read(carry), before);
  });

  Deno.test(`${name}: without steps the carry is the one that was given`, () => {
    const none = name === "compiled" ? compile(step).scan(start, []) : scan(step, start, []);
    for (const _ of none);
    assert(none.carry === start);
  });

  Deno.test(`${name}: the carry survives an error of the sequence`, () => {
    function* broken() {
      yield xs[0]!;
      throw new Error("no more batches");
    }
    const run = name === "compiled" ? compile(step).scan(start, broken()) : scan(step, start, broken());
    assertThrows(() => [...run], Error, "no more batches");
    assertEquals(toList(run.carry.total), [1, 9]);
  });
}

Deno.test("two scans of one step have separate carries, also after a break", () => {
  const compiled = compile(step),
    a = compiled.scan(start, xs),
    b = compiled.scan({ ...start, total: tensor64([5, 5]) }, xs);
  a.next();
  b.next();
  a.return({} as never);
  for (const _ of compiled.scan(start, xs));
  assertEquals([toList(a.carry.total), toList(b.carry.total)], [[1, 9], [6, 4]]);
});

Deno.test("after a failed step the carry cannot be read, and the error says so", () => {
  const logits = tensor64([[1, 2], [0, 3]]);
  const losses = compile((total: T64, labels: T64) => {
    const loss = softmaxCrossEntropy(logits, labels);
    return [add(total, loss), loss] as const;
  });
  const run = losses.scan(tensor64(0), [tensor64([0, 1]), tensor64([0, 5])]), first = run.next();
  assert(!first.done);
  const kept = run.carry;
  assertThrows(() => run.next(), RangeError, "index 5");
  assertThrows(() => run.carry, Error, "after a step that failed");
  assertEquals(toNumber(kept), toNumber(first.value));
});

Deno.test("a scan that waits goes on with its own program while the engine is changed", () => {
  const run = scans.compiled();
  run.next();
  const previous = setEngine(engines.reference);
  try {
    for (const _ of run);
    assertEquals(toList(run.carry.total), [6, 4]);
  } finally {
    setEngine(previous);
  }
});

Deno.test("a carry that begins as a variable and comes back as a constant goes on in the same program", () => {
  let traces = 0;
  const compiled = compile((w: T64, x: T64) => {
    traces++;
    return [add(w, sum(x)), w] as const;
  });
  const short = constant([1, 2], { dtype: "float64" }), long = constant([1, 2, 3], { dtype: "float64" });
  const first = compiled.scan(tensor64(0), [short, long, short]); // the carry moves to another program and back
  assertEquals([...first].map(toNumber), [0, 3, 9]);
  assertEquals([...compiled.scan(first.carry, [short])].map(toNumber), [12]);
  assertEquals(traces, 2); // one for each shape
  assertEquals([...compiled.scan(tensor64(5), [long])].map(toNumber), [5]);
  assertEquals(traces, 3); // nobody has run this step on a variable and a long array
});

Deno.test("a carry that begins as a constant is no variable's program: a step may ask for its gradient", () => {
  const compiled = compile((w: T64, x: T64) =>
    [add(w, sum(x)), backward(sum(mul(w, w))).get(w) ?? constant(-1, { dtype: "float64" })] as const
  );
  assertEquals(
    [...compiled.scan(constant(3, { dtype: "float64" }), [constant(1, { dtype: "float64" })])].map(toNumber),
    [-1],
  );
  assertEquals([...compiled.scan(tensor64(3), [constant(1, { dtype: "float64" })])].map(toNumber), [6]);
});
