import { assertEquals } from "@std/assert";
import { Lanes } from "../../../../blas/machine/code/lanes.ts";
import { at } from "../../../../blas/machine/code/regions.ts";
import { machine, region, runOn, WIDTHS } from "../machine.ts";

const ignore = machine === undefined, DTYPES = ["float32", "float64"] as const;

/** Runs a body on the numbers 1, 2, … in one vector, and returns what it stores. */
function stored(
  bits: 256 | 512,
  dtype: "float32" | "float64",
  body: (lanes: Lanes, from: ReturnType<typeof at>, to: ReturnType<typeof at>) => void,
) {
  const memory = dtype === "float32" ? new Float32Array(64) : new Float64Array(64), half = memory.byteLength / 2;
  memory.forEach((_, k) => memory[k] = k < 32 ? k + 1 : -1);
  let count = 0;
  runOn(memory.buffer, bits, (code) => {
    const lanes = new Lanes(code, dtype),
      from = code.pointer(region(0, half, false)),
      to = code.pointer(region(half, half));
    count = lanes.count;
    body(lanes, at(from), at(to));
    code.free(from, to);
  });
  return { numbers: [...memory.slice(32, 32 + count)], count };
}

const each = (check: (bits: 256 | 512, dtype: "float32" | "float64") => void) =>
  WIDTHS.forEach((bits) => DTYPES.forEach((dtype) => check(bits, dtype)));

Deno.test("masked loads clear the other lanes, and masked stores leave them", { ignore }, () => {
  each((bits, dtype) => {
    const { numbers, count } = stored(bits, dtype, (lanes, from, to) => {
      const x = lanes.code.vector(), edge = lanes.edge(lanes.count - 1), two = lanes.edge(2);
      lanes.load(x, from, two);
      lanes.store(to, x, edge);
      lanes.release(edge);
      lanes.release(two);
      lanes.code.free(x);
    });
    assertEquals(numbers, [1, 2, ...new Array(count - 3).fill(0), -1]);
  });
});

Deno.test("comparisons choose between vectors, and NaN is never less", { ignore }, () => {
  each((bits, dtype) => {
    const { numbers, count } = stored(bits, dtype, (lanes, from, to) => {
      const [x, y] = lanes.code.vectors(2), flags = lanes.flags();
      lanes.load(x!, from);
      lanes.set(y!, 7);
      lanes.compare("less", flags, x!, lanes.constant(3));
      lanes.select(y!, flags, from, y!);
      lanes.compare("notLess", flags, y!, lanes.constant(NaN));
      lanes.select(y!, flags, y!, x!);
      lanes.store(to, y!);
      lanes.code.free(x!, y!, flags);
    });
    assertEquals(numbers, [1, 2, ...new Array(count - 2).fill(7)]);
  });
});

Deno.test("vectors are made of single elements, and of constants", { ignore }, () => {
  each((bits, dtype) => {
    const { numbers, count } = stored(bits, dtype, (lanes, from, to) => {
      const [x, y, z] = lanes.code.vectors(3);
      lanes.repeat(x!, at(from.pointer, lanes.bytes * 4));
      lanes.loadOne(y!, at(from.pointer, lanes.bytes));
      lanes.set(z!, -0);
      lanes.multiplyAdd(y!, x!, lanes.constant(2));
      lanes.binary("add", y!, y!, z!);
      lanes.zero(z!);
      lanes.move(z!, y!);
      lanes.store(to, z!);
      lanes.set(x!, 0.5);
      lanes.storeOne(to, x!);
      lanes.code.free(x!, y!, z!);
    });
    assertEquals(numbers, [0.5, ...new Array(count - 1).fill(10)]);
  });
});

Deno.test("an element in memory is repeated by the multiplication itself", { ignore: machine?.bits !== 512 }, () => {
  for (const dtype of DTYPES) {
    const { numbers } = stored(512, dtype, (lanes, from, to) => {
      const [x, y] = lanes.code.vectors(2);
      lanes.load(x!, from);
      lanes.zero(y!);
      lanes.multiplyAddRepeated(y!, x!, at(from.pointer, 2 * lanes.bytes));
      lanes.store(to, y!);
      lanes.code.free(x!, y!);
    });
    assertEquals(numbers, numbers.map((_, k) => 3 * (k + 1)));
  }
});

Deno.test("integers fill lanes of either size", { ignore }, () => {
  each((bits, dtype) => {
    const bias = dtype === "float32" ? 127n << 23n : 1023n << 52n;
    const { numbers } = stored(bits, dtype, (lanes, _, to) => {
      const x = lanes.code.vector();
      lanes.unary("sqrt", x, lanes.integer(bias)); // the bits of 1
      lanes.store(to, x);
      lanes.code.free(x);
    });
    assertEquals(numbers.every((value) => value === 1), true);
  });
});
