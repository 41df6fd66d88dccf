/**
 * Loops, pointers and choices of blas/machine/code/code.ts, in functions of blas/machine/code/function_frame.ts, with pointers
 * (blas/machine/code/pointers.ts) in registers and on the stack (blas/machine/code/stack_slots.ts).
 *
 * @module
 */
import { assertEquals, assertThrows } from "@std/assert";
import { Code } from "../../../../blas/machine/code/code.ts";
import { Lanes } from "../../../../blas/machine/code/lanes.ts";
import { at } from "../../../../blas/machine/code/regions.ts";
import { machine, region, runOn, WIDTHS } from "../machine.ts";

const ignore = machine === undefined;

Deno.test("loops within loops reach every element once", { ignore }, () => {
  for (const bits of WIDTHS) {
    const memory = new Float32Array(16 * 24), whole = region(0, memory.byteLength);
    runOn(memory.buffer, bits, (code) => {
      const lanes = new Lanes(code, "float32"), p = code.pointer(whole), one = code.vector(), x = code.vector();
      lanes.set(one, 1);
      code.loop(24, [[p, 64]], () => {
        const q = code.pointerTo(at(p));
        code.loop(16 / lanes.count, [[q, lanes.width]], () => {
          lanes.binary("add", x, one, at(q));
          lanes.store(at(q), x);
        });
        code.free(q);
      });
      code.free(p, one, x);
    });
    assertEquals(memory.every((value) => value === 1), true);
  }
});

Deno.test("counters index several regions at once, backwards steps and other bases included", { ignore }, () => {
  const memory = new Float64Array(32).map((_, k) => k);
  runOn(memory.buffer, 256, (code) => {
    const lanes = new Lanes(code, "float64"), from = code.pointer(region(0, 128, false), 0);
    const to = code.pointer(region(128, 128), 96), x = code.vector();
    code.count(4, 32, (counter) => {
      lanes.load(x, at(from, 0, counter));
      lanes.binary("add", x, x, lanes.constant(0.5));
      lanes.store(at(to), x);
      code.move(to, -32);
      code.move(to, 32);
    });
    code.repoint(to, at(to, -96));
    code.loop(1, [[to, 32]], () => lanes.store(at(to), x));
    code.free(from, to, x);
  });
  assertEquals([...memory.slice(16)], [12.5, 13.5, 14.5, 15.5, ...memory.slice(20, 28), 12.5, 13.5, 14.5, 15.5]);
});

Deno.test("pointers begin where a counter says", { ignore }, () => {
  const memory = new Float32Array(64);
  runOn(memory.buffer, 256, (code) => {
    const lanes = new Lanes(code, "float32"), x = code.vector();
    lanes.set(x, 2);
    code.count(3, 1, (counter) => {
      const p = code.pointerAlong(region(0, 164), 4, counter, 64);
      lanes.store(at(p), x);
      assertThrows(() => lanes.store(at(p, 4), x), RangeError, "writes bytes 8 to 168");
      code.free(p);
    });
    code.free(x);
  });
  const isSet = (k: number) => k % 16 >= 1 && k % 16 < 9 && k < 48;
  assertEquals([...memory], Array.from({ length: 64 }, (_, k) => isSet(k) ? 2 : 0));
});

Deno.test("a table of addresses stands for buffers of their own", { ignore }, async () => {
  const { addressOf } = await import("../../../../blas/machine/memory/calls.ts");
  const [a, b] = [new Float32Array(32).fill(3), new Float32Array(32)];
  const table = new BigUint64Array(16);
  table.set([addressOf(a.buffer), addressOf(b.buffer)]);
  runOn(table.buffer, 256, (code) => {
    const lanes = new Lanes(code, "float32"), x = code.vector();
    const [p, q] = [0, 1].map((slot) => code.pointer({ ...region(0, 128), slot }, 64));
    lanes.load(x, at(p!));
    lanes.store(at(q!, 32), x);
    code.free(p!, q!, x);
  });
  assertEquals([...b], [...new Array(24).fill(0), ...new Array(8).fill(3)]);
});

Deno.test("an access outside its region is refused before any code runs", () => {
  const code = new Code(256), lanes = new Lanes(code, "float32"), x = code.vector();
  const p = code.pointer(region(64, 128, false));
  assertThrows(() => lanes.load(x, at(p, 97)), RangeError, "reads bytes 97 to 129 of bytes 64 to 192");
  assertThrows(() => lanes.load(x, at(p, -4)), RangeError, "they must lie in its 128 bytes");
  assertThrows(() => lanes.store(at(p), x), RangeError, "it must only be read");
  code.loop(4, [[p, 32]], () => {
    lanes.load(x, at(p));
    assertThrows(() => lanes.load(x, at(p, 4)), RangeError, "reads bytes 4 to 132");
  });
  assertThrows(() => lanes.repeat(x, at(p)), RangeError, "reads bytes 128 to 132");
  code.count(5, 32, (counter) => {
    assertThrows(() => lanes.load(x, at(p, -128, counter)), RangeError, "reads bytes 0 to 160");
  });
  code.loop(3, [[p, -64]], () => {
    assertThrows(() => lanes.repeat(x, at(p, -4)), RangeError, "reads bytes -4 to 128");
  });
});

Deno.test("a masked access may end where its lanes end", () => {
  for (const bits of [256, 512] as const) {
    const code = new Code(bits), lanes = new Lanes(code, "float32"), x = code.vector(), edge = lanes.edge(3);
    const p = code.pointer(region(0, 12));
    lanes.load(x, at(p), edge);
    lanes.store(at(p), x, edge);
    assertThrows(() => lanes.load(x, at(p, 4), edge), RangeError, "reads bytes 4 to 16");
    lanes.release(edge);
  }
});

Deno.test("loops say what their bodies left undone", () => {
  const code = new Code(256), p = code.pointer(region(0, 128));
  assertThrows(() => code.loop(2, [], () => code.move(p, 4)), Error, "give that move to the loop");
  assertThrows(() => code.loop(2, [[p, 4], [p, 4]], () => {}), Error, "give that move to the loop");
  assertThrows(() => code.loop(2, [], () => void code.vector()), Error, "balance them");
  assertThrows(() => code.vectors(17), Error, "all are in use");
  code.free(p);
  assertThrows(() => code.move(p, 4), Error, "that was freed");
  const q = code.pointer(region(0, 128)), r = code.pointer(region(128, 128));
  assertThrows(() => code.repoint(q, at(r)), Error, "make another pointer");
});

Deno.test("one of two bodies runs, by the flags, and both must leave pointers as they are", { ignore }, () => {
  for (const bits of WIDTHS) {
    const memory = new ArrayBuffer(128), data = new Float32Array(memory);
    data[0] = 2;
    runOn(memory, bits, (code) => {
      const lanes = new Lanes(code, "float32", 128),
        [x, y] = code.vectors(2),
        flags = lanes.flags();
      const from = code.pointer(region(0, 64)), to = code.pointer(region(64, 64));
      for (const [k, limit] of [1, 3].entries()) {
        lanes.loadOne(x!, at(from));
        lanes.set(y!, limit);
        lanes.compare("greater", flags, x!, y!);
        lanes.testAny(flags);
        const write = (value: number) => () => {
          lanes.set(x!, value);
          lanes.storeOne(at(to, 4 * k), x!);
        };
        code.choose("notZero", write(10), write(20));
      }
      code.free(x!, y!, flags, from, to);
    });
    assertEquals([data[16], data[17]], [10, 20]);
  }
  const code = new Code(256), pointer = code.pointer(region(0, 64));
  assertThrows(() => code.choose("notZero", () => code.move(pointer, 4), () => {}), Error, "moves its pointer");
});

Deno.test(
  "more pointers than registers move in loops as those in registers do, and run out in the end",
  { ignore },
  () => {
    for (const bits of WIDTHS) {
      const memory = new ArrayBuffer(4096), data = new Float32Array(memory), count = 40;
      data.forEach((_, k) => data[k] = k);
      runOn(memory, bits, (code) => {
        const lanes = new Lanes(code, "float32"), x = code.vector(), one = region(0, 4096);
        const pointers = Array.from({ length: count }, (_, k) => code.pointer(one, 64 * k));
        code.loop(2, pointers.map((pointer) => [pointer, 8]), () => {
          for (const pointer of pointers) {
            lanes.loadOne(x, at(pointer));
            lanes.binary("add", x, x, lanes.constant(1000));
            lanes.storeOne(at(pointer), x);
          }
        });
        const last = code.pointerTo(at(pointers[count - 1]!, 4));
        code.repoint(pointers[count - 1]!, at(last, 4));
        lanes.loadOne(x, at(pointers[count - 1]!));
        lanes.storeOne(at(last), x);
        code.free(...pointers, last, x);
      });
      const changed = Array.from(data.keys()).filter((k) => data[k] !== k);
      assertEquals(
        changed.slice(0, 2 * count),
        Array.from({ length: 2 * count }, (_, k) => 16 * (k >> 1) + 2 * (k & 1)),
      );
      assertEquals([changed.length, data[16 * 39 + 5]], [2 * count + 1, 16 * 39 + 6]);
    }
    const code = new Code(256);
    assertThrows(
      () => {
        for (let k = 0; k < 100; k++) code.pointer(region(0, 64));
      },
      Error,
      "Cannot take another place on the stack",
    );
  },
);
