import { assertEquals } from "@std/assert";
import { arange, constant, tensor32, tensor64, zeros } from "../../autograd/values/constructors.ts";
import { formatView } from "../../autograd/format_view.ts";
import { formatTensor, printTensor } from "../../autograd/format.ts";
import { add, reshape, transpose } from "../../autograd/ops/mod.ts";

Deno.test("formatTensor() aligns columns and nests brackets", () => {
  assertEquals(formatTensor(tensor64(3.5)), "float64 [] 3.5");
  assertEquals(formatTensor(tensor32([1, -2, 3])), "float32 [3] [ 1, -2,  3]");
  assertEquals(formatTensor(tensor64([[1, 2], [10, -0.5]])), "float64 [2, 2]\n[[   1,    2],\n [  10, -0.5]]");
  assertEquals(
    formatTensor(reshape(arange(8), [2, 2, 2])),
    "float32 [2, 2, 2]\n[[[0, 1],\n  [2, 3]],\n\n [[4, 5],\n  [6, 7]]]",
  );
  assertEquals(formatTensor(transpose(tensor64([[1, 2], [3, 4]]))), "float64 [2, 2]\n[[1, 3],\n [2, 4]]");
});

Deno.test("formatTensor() rounds to five significant digits, and shows what is not finite", () => {
  assertEquals(
    formatTensor(tensor64([Math.PI, 123456789, 1e-20, 1.00000001])),
    "float64 [4] [   3.1416, 123456789,     1e-20,         1]",
  );
  assertEquals(formatTensor(tensor32([0.1])), "float32 [1] [0.1]");
  assertEquals(formatTensor(tensor64([NaN, Infinity, -Infinity])), "float64 [3] [      NaN,  Infinity, -Infinity]");
});

Deno.test("formatTensor() keeps all digits before the point up to 1e16, where NumPy begins to write exponents", () => {
  // python3 -c "import numpy as np; print(*(np.array([x]) for x in (123456., 1e15 + 1, 1e16, -0.)))"
  //   ->  [123456.] [1.e+15] [1.e+16] [-0.]   (NumPy rounds to 8 digits from there on)
  const shown = (x: number) => formatTensor(tensor64(x)).replace("float64 [] ", "");
  assertEquals([123456, -16777217, 1e15 + 1, 1e16, 2 ** 60].map(shown), [
    "123456",
    "-16777217",
    "1000000000000001",
    "1e+16",
    "1.1529e+18",
  ]);
  assertEquals([123456.75, 99999.4, 12345.678, 0.000123456].map(shown), ["123457", "99999", "12346", "0.00012346"]);
  assertEquals(formatTensor(tensor32(16777216)), "float32 [] 16777216");
});

Deno.test("formatTensor() shows an empty tensor", () => {
  assertEquals([formatTensor(zeros([0])), formatTensor(zeros([2, 0]))], ["float32 [0] []", "float32 [2, 0]\n[]"]);
});

Deno.test("formatTensor() shows the ends of every long axis, and short tensors whole", () => {
  assertEquals(formatTensor(arange(1001)), "float32 [1001] [   0,    1,    2, ...,  998,  999, 1000]");
  assertEquals(formatTensor(arange(1000)).split(",").length, 1000);
  const lines = formatTensor(reshape(arange(2000, undefined, 1, { dtype: "float64" }), [100, 20])).split("\n");
  assertEquals(lines.length, 8);
  assertEquals(lines[4], " ...,");
  assertEquals(formatTensor(constant(new Float32Array(2e6), { shape: [1000, 2000] })).split("\n").length, 8);
  assertEquals(formatTensor(zeros([4, 500])).split("\n")[1], "[[0, 0, 0, ..., 0, 0, 0],");
});

Deno.test("a console shows a tensor as formatTensor() does, alone and inside a record", () => {
  const t = add(tensor64([1, 2]), 1);
  assertEquals(Deno.inspect(t), formatTensor(t));
  assertEquals(Deno.inspect({ bias: t }), `{ bias: ${formatTensor(t)} }`);
});

Deno.test("printTensor() prints what formatTensor() returns", () => {
  const lines: unknown[][] = [], log = console.log;
  console.log = (...line: unknown[]) => void lines.push(line);
  try {
    printTensor(tensor32([1, 2]));
  } finally {
    console.log = log;
  }
  assertEquals(lines, [["float32 [2] [1, 2]"]]);
});

Deno.test("formatView() writes what formatTensor() does, and a tensor shows it in text", () => {
  const t = tensor64([[1, 2]]);
  assertEquals([formatView(t.view), `${t}`], [formatTensor(t), formatTensor(t)]);
});
