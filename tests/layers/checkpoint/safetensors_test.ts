import { assert, assertEquals, assertInstanceOf, assertStringIncludes, assertThrows } from "@std/assert";
import fc from "fast-check";
import { constant, tensor32, tensor64, zeros } from "../../../autograd/values/constructors.ts";
import { transpose } from "../../../autograd/ops/mod.ts";
import { toArray, toList } from "../../../autograd/values/read.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import { CheckpointError, decodeSafetensors, encodeSafetensors, type Safetensors } from "../../../layers/mod.ts";

const fileOf = (header: string, data: Uint8Array = new Uint8Array()): Uint8Array => {
  const text = new TextEncoder().encode(header), bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
};

const decoded = (bytes: Uint8Array): Safetensors => {
  const result = decodeSafetensors(bytes);
  assert(result._tag === "Right", result._tag === "Left" ? result.left.message : "");
  return result.right;
};

const problemOf = (bytes: Uint8Array): string => {
  const result = decodeSafetensors(bytes);
  assert(result._tag === "Left", "a malformed file was read");
  assertInstanceOf(result.left, CheckpointError);
  return result.left.message;
};

const sample = () =>
  encodeSafetensors({
    "b.single": tensor32([[1, 2, 3]]),
    "a.double": tensor64([Math.PI, -0, NaN, Infinity]),
    scalar: tensor64(7),
    nothing: zeros([0, 3]),
  }, { note: "ünïcode \u2028 \ud83d\ude00" });

Deno.test("tensors in a record that an interface declares are written as they are", () => {
  interface Params {
    readonly weight: Tensor<"float32">;
    readonly bias: Tensor<"float64">;
  }
  const params: Params = { weight: tensor32([1]), bias: tensor64([2]) };
  const { weight, bias } = decoded(encodeSafetensors(params)).tensors;
  assertEquals([weight, bias].map((t) => [t!.dtype, ...toList(t!)]), [["float32", 1], ["float64", 2]]);
  // @ts-expect-error a number is not a tensor
  assertThrows(() => encodeSafetensors({ weight: 1 }), TypeError);
});

Deno.test("everything that is written is read back, to the last bit", () => {
  const { tensors, metadata } = decoded(sample());
  assertEquals(toArray(tensors["b.single"]!), [[1, 2, 3]]);
  assertEquals(toList(tensors["a.double"]!), [Math.PI, -0, NaN, Infinity]);
  assertEquals([tensors.scalar!.shape, tensors.scalar!.dtype, tensors.nothing!.shape], [[], "float64", [0, 3]]);
  assertEquals(metadata.note, "ünïcode \u2028 \ud83d\ude00");
  assertEquals(tensors.toString, undefined);
  assertEquals(toArray(decoded(encodeSafetensors({ t: transpose(tensor32([[1, 2], [3, 4]])) })).tensors.t!), [[1, 3], [
    2,
    4,
  ]]);
});

Deno.test("files keep the format's rules: length, JSON, alignment, offsets without gaps, element types", () => {
  const bytes = sample(), view = new DataView(bytes.buffer), length = Number(view.getBigUint64(0, true));
  assertEquals([length % 8, bytes[8]], [0, "{".charCodeAt(0)]);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Record<
    string,
    { readonly dtype: "F32" | "F64"; readonly shape: readonly number[]; readonly data_offsets: [number, number] }
  >;
  const entries = Object.entries(header).filter(([name]) => name !== "__metadata__").map(([, entry]) => entry);
  const ends = entries.toSorted((a, b) => a.data_offsets[0] - b.data_offsets[0]).reduce((end, entry) => {
    const size = entry.dtype === "F64" ? 8 : 4, [begin, next] = entry.data_offsets;
    assertEquals([begin, begin % size], [end, 0]);
    assertEquals(next - begin, entry.shape.reduce((product, length) => product * length, size));
    return next;
  }, 0);
  assertEquals(8 + length + ends, bytes.length);
});

Deno.test("any tensors and metadata survive, in the same bytes", () => {
  const name = fc.string({ unit: "grapheme" }).filter((s) =>
    s !== "__metadata__" && !s.split(".").includes("__proto__")
  );
  const tensor = fc.oneof(
    fc.float64Array({ maxLength: 9 }).map((data): Tensor => constant(data, { dtype: "float64" })),
    fc.float32Array({ maxLength: 9 }).map((data): Tensor => constant(data)),
  );
  fc.assert(fc.property(fc.dictionary(name, tensor, { maxKeys: 5 }), (tensors) => {
    const bytes = encodeSafetensors(tensors, { n: "1" }), { tensors: back } = decoded(bytes);
    assertEquals(Object.keys(back).toSorted(), Object.keys(tensors).toSorted());
    for (const [key, t] of Object.entries(tensors)) {
      assertEquals([back[key]!.dtype, toList(back[key]!)], [t.dtype, toList(t)]);
    }
    assertEquals(encodeSafetensors({ ...back }, { n: "1" }).length, bytes.length);
  }));
});

// python3 -c "import struct; print([struct.unpack('<e', struct.pack('<H', h))[0] for h in (0x3c00, 0xc000, 1, 0x7bff, 0x3555)])"
Deno.test("F16 is widened exactly: normal, subnormal, infinite, NaN", () => {
  const halves = new Uint16Array([0x3c00, 0xc000, 1, 0x7bff, 0x3555, 0x7c00, 0xfc00, 0x7e00, 0x8000]);
  const header = `{"h":{"dtype":"F16","shape":[9],"data_offsets":[0,18]}}`;
  const { h } = decoded(fileOf(header, new Uint8Array(halves.buffer))).tensors;
  const wanted = [1, -2, 5.960464477539063e-8, 65504, 0.333251953125, Infinity, -Infinity, NaN, -0];
  assertEquals([h!.dtype, toList(h!)], ["float32", wanted]);
});

// All 65536 halves, against the machine's own conversion.
Deno.test("F16 is widened as Float16Array does it", () => {
  const halves = Uint16Array.from({ length: 65536 }, (_, i) => i);
  const { h } =
    decoded(fileOf(`{"h":{"dtype":"F16","shape":[65536],"data_offsets":[0,131072]}}`, new Uint8Array(halves.buffer)))
      .tensors;
  const view = new DataView(halves.buffer);
  const wanted = Float32Array.from(halves, (_, i) => view.getFloat16(2 * i, true));
  toList(h!).forEach((x, i) => assert(Object.is(x, wanted[i]!), `half ${i}`));
});

Deno.test("BF16 is the upper half of float32", () => {
  const halves = new Uint16Array([0x3f80, 0xbfc0, 0x7f80, 0x4049]);
  const { h } =
    decoded(fileOf(`{"h":{"dtype":"BF16","shape":[4],"data_offsets":[0,8]}}`, new Uint8Array(halves.buffer)))
      .tensors;
  assertEquals([h!.dtype, toList(h!)], ["float32", [1, -1.5, Infinity, 3.140625]]);
});

Deno.test("integers and truth values of files from elsewhere are read, as long as they are exact", () => {
  const read = (dtype: string, data: ArrayBufferView<ArrayBuffer>) => {
    const bytes = new Uint8Array(data.buffer), count = "length" in data ? Number(data.length) : 0;
    return fileOf(`{"h":{"dtype":"${dtype}","shape":[${count}],"data_offsets":[0,${bytes.length}]}}`, bytes);
  };
  const cases: readonly (readonly [string, ArrayBufferView<ArrayBuffer>, readonly number[]])[] = [
    ["I64", new BigInt64Array([-3n, 2n ** 53n - 1n]), [-3, 2 ** 53 - 1]],
    ["U64", new BigUint64Array([5n]), [5]],
    ["I32", new Int32Array([-(2 ** 31)]), [-(2 ** 31)]],
    ["U32", new Uint32Array([2 ** 32 - 1]), [2 ** 32 - 1]],
    ["I16", new Int16Array([-7]), [-7]],
    ["U16", new Uint16Array([65535]), [65535]],
    ["I8", new Int8Array([-128]), [-128]],
    ["U8", new Uint8Array([255]), [255]],
    ["BOOL", new Uint8Array([1, 0]), [1, 0]],
  ];
  for (const [dtype, data, wanted] of cases) assertEquals(toList(decoded(read(dtype, data)).tensors.h!), [...wanted]);
  assertStringIncludes(problemOf(read("I64", new BigInt64Array([2n ** 53n + 1n]))), "integers beyond 2^53");
});

Deno.test("a file cut off anywhere is refused", () => {
  const bytes = sample();
  for (let length = 0; length < bytes.length; length++) problemOf(bytes.subarray(0, length));
  problemOf(new Uint8Array([...bytes, 0]));
});

Deno.test("a file with a byte changed, or many, is read or refused, but never throws", () => {
  const bytes = sample();
  for (let at = 0; at < bytes.length; at++) {
    for (const bit of [1, 2, 16, 128]) {
      const changed = bytes.slice();
      changed[at]! ^= bit;
      const result = decodeSafetensors(changed);
      if (result._tag === "Left") assertInstanceOf(result.left, CheckpointError);
    }
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
    assertEquals(decodeSafetensors(noise)._tag, "Left");
    decodeSafetensors(fileOf("{" + new TextDecoder().decode(noise)));
  }));
});

Deno.test("bytes in the middle of a larger buffer are read at their place", () => {
  const bytes = sample(), larger = new Uint8Array(bytes.length + 13);
  larger.set(bytes, 5);
  assertEquals(toArray(decoded(larger.subarray(5, 5 + bytes.length)).tensors["b.single"]!), [[1, 2, 3]]);
});

const entry = (begin: number, end: number, shape = `[${(end - begin) / 4}]`): string =>
  `{"dtype":"F32","shape":${shape},"data_offsets":[${begin},${end}]}`;

Deno.test("malformed files are refused with a reason", () => {
  const data = new Uint8Array(16);
  const cases: readonly (readonly [Uint8Array, string])[] = [
    [fileOf(`{"a":${entry(0, 8)},"b":${entry(4, 16)}}`, data), "it must begin where the one before ends, at 8"],
    [fileOf(`{"a":${entry(0, 4)},"b":${entry(8, 16)}}`, data), "it must begin where the one before ends, at 4"],
    [fileOf(`{"a":${entry(0, 32)}}`, data), "16 bytes of elements: the header describes 32"],
    [fileOf(`{"a":${entry(8, 16)}}`, data), "it must begin where the one before ends, at 0"],
    [fileOf(`{"a":${entry(16, 0, "[4]")}}`, data), "it has -16 bytes, but its shape and dtype need 16"],
    [fileOf(`{"a":${entry(0, 16, "[9007199254740991,9007199254740991]")}}`, data), "it has 16 bytes, but"],
    [fileOf(`{"a":${entry(0, 16, "[4,-1]")}}`, data), "must be a list of whole numbers"],
    [fileOf(`{"a":${entry(0, 0, "[-0]")}}`), "must be a list of whole numbers"],
    [fileOf(`{"a":${entry(0, 16, "[1e400]")}}`, data), "must be a list of whole numbers"],
    [fileOf(`{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16,16]}}`, data), "its offsets"],
    [fileOf(`{"a":{"dtype":"F4","shape":[4],"data_offsets":[0,16]}}`, data), "its dtype"],
    [fileOf(`{"a":{"shape":[4],"data_offsets":[0,16]}}`, data), "its dtype"],
    [fileOf(`{"a":${entry(0, 16)},"a":${entry(0, 16)}}`, data), 'the name "a" occurs twice'],
    [fileOf(`{"a":${entry(0, 16)},"\\u0061":${entry(0, 16)}}`, data), "occurs twice"],
    [fileOf(`{"__metadata__":{"x":"1","x":"2"}}`), 'the name "x" occurs twice'],
    [fileOf(`{"__proto__":${entry(0, 16)}}`, data), "its name is forbidden"],
    [fileOf(`{"a.__proto__.b":${entry(0, 16)}}`, data), "its name is forbidden"],
    [fileOf(`{"half \\ud800":${entry(0, 16)}}`, data), "its name is forbidden: it must be well-formed Unicode"],
    [fileOf(`{"__metadata__":{"__proto__":"x"}}`), "is forbidden"],
    [fileOf(`{"__metadata__":{"__metadata__":"x"}}`), "is forbidden"],
    [fileOf(`{"__metadata__":{"half \\udc00":"x"}}`), "is forbidden"],
    [fileOf(`{"__metadata__":{"x":"half \\udc00"}}`), '"x" must be well-formed Unicode'],
    [fileOf(`{"__metadata__":{"x":1}}`), "must be a string"],
    [fileOf(`{"__metadata__":[]}`), "must be a record"],
    [fileOf(`{"a":null}`), "must be a record"],
    [fileOf(`[]`), "it must begin with {"],
    [fileOf(`{"a":`), "it is not JSON"],
    [fileOf(`{"a":${"[".repeat(200_000)}${"]".repeat(200_000)}}`), "must be a record"],
    [fileOf(`{"a":${'{"a":'.repeat(100_000)}`), "it is not JSON"],
    [fileOf(`{"a":"`), "it is not JSON"],
    [fileOf(`{"\\x":1}`), "it is not JSON"],
    [new Uint8Array([255, 255, 255, 255, 255, 255, 255, 255, 123]), "longer than the rest"],
    [new Uint8Array([2, 0, 0, 0, 0, 0, 0, 0, 123, 255]), "it must be UTF-8"],
  ];
  for (const [bytes, reason] of cases) assertStringIncludes(problemOf(bytes), reason);
  assertStringIncludes(problemOf("text" as unknown as Uint8Array), "must be a Uint8Array");
  const sent = new Uint8Array(99);
  structuredClone(sent.buffer, { transfer: [sent.buffer] }); // as a worker gets it
  assertStringIncludes(problemOf(sent), "0 bytes: the length of the header takes 8 bytes");
});

Deno.test("reserved names, and texts that other programs cannot read, are not written", () => {
  for (const name of ["__metadata__", "__proto__", "a.__proto__"]) {
    assertThrows(
      () => encodeSafetensors(Object.fromEntries([[name, zeros([1])]])),
      CheckpointError,
      "meaning of its own",
    );
  }
  for (
    const write of [
      () => encodeSafetensors({ "half \ud800": zeros([1]) }),
      () => encodeSafetensors({}, { a: "half \udc00" }),
      () => encodeSafetensors({}, { a: 3 as unknown as string }),
    ]
  ) assertThrows(write, CheckpointError, "it must be well-formed Unicode");
  assertThrows(() => encodeSafetensors({ a: 3 as unknown as Tensor }), TypeError, '3 at "a": it must be a tensor');
});
