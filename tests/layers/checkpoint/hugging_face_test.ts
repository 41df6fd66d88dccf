/** Files that go to Hugging Face's and PyTorch's programs, and files that come from there. */
import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { tensor32, tensor64, zeros } from "../../../autograd/values/constructors.ts";
import { key } from "../../../autograd/random/key.ts";
import { toArray, toList } from "../../../autograd/values/read.ts";
import type { Tensor } from "../../../autograd/tensor.ts";
import {
  adam,
  batchNorm1d,
  decodeSafetensors,
  denseLayer,
  encodeModel,
  encodeSafetensors,
  encodeTree,
  forward,
  parameterCount,
  sequential,
} from "../../../mod.ts";
import json from "../../fixtures/safetensors.json" with { type: "json" };
import { programs } from "../../programs.ts";
import { LAYERS } from "../all_layers.ts";

const textOf = (bytes: Uint8Array): string => new TextDecoder("utf-8", { fatal: true }).decode(bytes);

/** A file out of its header and its elements. */
const fileOf = (length: number, header: string, elements: readonly number[]): Uint8Array => {
  const text = new TextEncoder().encode(header.padEnd(length, " ")), data = new Float32Array(elements);
  return new Uint8Array([
    ...new Uint8Array(new BigUint64Array([BigInt(length)]).buffer),
    ...text,
    ...new Uint8Array(data.buffer),
  ]);
};

// What the Rust library's own tests expect of its writer: safetensors/src/tensor.rs, test_serialization, test_empty and
// test_serialization_forced_alignement.
Deno.test("files are those that Hugging Face's writer makes of the same tensors, byte for byte", () => {
  const t = (shape: readonly number[]) => tensor32([0, 1, 2, 3, 4, 5], shape);
  const cases: readonly (readonly [Uint8Array, number, string, readonly number[]])[] = [
    [
      encodeSafetensors({ "attn.0": t([1, 2, 3]) }),
      64,
      '{"attn.0":{"dtype":"F32","shape":[1,2,3],"data_offsets":[0,24]}}',
      [0, 1, 2, 3, 4, 5],
    ],
    [
      encodeSafetensors({ attn0: t([1, 1, 2, 3]) }),
      72,
      '{"attn0":{"dtype":"F32","shape":[1,1,2,3],"data_offsets":[0,24]}}',
      [0, 1, 2, 3, 4, 5],
    ],
    [encodeSafetensors({}), 8, "{}", []],
    [encodeSafetensors({}, { framework: "pt" }), 40, '{"__metadata__":{"framework":"pt"}}', []],
  ];
  for (const [bytes, length, header, elements] of cases) assertEquals(bytes, fileOf(length, header, elements));
});

type Info = {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
};

/** Bytes of an element, for the dtypes that we write. */
const SIZES: Readonly<Record<string, number>> = { F32: 4, F64: 8 };

/**
 * Reads a header as strictly as the format's readers together: what the Rust library's `read_metadata` and `validate`
 * refuse, the alignment that its writer keeps, and what serde_json refuses though JavaScript's parser takes it.
 */
function strictHeader(bytes: Uint8Array): ReadonlyMap<string, Info> {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  assert(length <= 100_000_000 && 8 + length <= bytes.length, "the header is too long");
  assertEquals((8 + length) % 8, 0);
  const text = textOf(bytes.subarray(8, 8 + length)); // throws where it is no UTF-8
  assert(text.startsWith("{") && text.trimEnd().endsWith("}"), "the header is a record, padded with spaces");
  assert(!/[^\\](\\\\)*\\u[dD][89a-fA-F]/.test(text), "serde_json refuses halves of surrogate pairs");
  const { __metadata__: metadata = {}, ...header } = JSON.parse(text) as Record<string, Info> & {
    readonly __metadata__?: Readonly<Record<string, unknown>>;
  };
  assert(Object.values(metadata).every((value) => typeof value === "string"), "metadata maps texts to texts");
  const infos = Object.entries(header).toSorted(([, { data_offsets: a }], [, { data_offsets: b }]) =>
    a[0] - b[0] || a[1] - b[1]
  );
  const end = infos.reduce((start, [name, { dtype, shape, data_offsets: [begin, next] }]) => {
    assertEquals(begin, start, `${name} begins where the one before it ends`);
    assertEquals((8 + length + begin) % SIZES[dtype]!, 0, `${name} is aligned`);
    assertEquals(next - begin, shape.reduce((product, n) => product * n, SIZES[dtype]!), `${name} has its elements`);
    return next;
  }, 0);
  assertEquals(8 + length + end, bytes.length, "the tensors cover the whole buffer");
  return new Map(infos);
}

const odd = {
  "half \ud800": tensor64([1, 2]),
  "line\nbreak": [tensor32([3]), zeros([0, 2]), tensor64(4)],
  text: "\udc00 \\ud800",
};

Deno.test("every file that is written keeps every rule of the format", () => {
  const optimizer = adam(), { params } = denseLayer(3, 2).init(key(0));
  const files = [
    encodeTree(odd),
    encodeTree(optimizer.step(optimizer.init(params), params)),
    encodeSafetensors({ "ünï ⛵": tensor32([1, 2, 3]), b: tensor64([1]), a: zeros([3, 0]) }, {
      note: '\n " \\ \u2028',
    }),
    ...LAYERS.filter(({ layer }) => layer.kind !== "lambda").map(({ layer }) => encodeModel(layer, layer.init(key(1)))),
    encodeModel(denseLayer(2, 1, { name: "half \ud800" }), denseLayer(2, 1).init(key(0))),
  ];
  for (const file of files) strictHeader(file);
  assertEquals([...strictHeader(encodeTree(odd)).keys()], [
    "half \ufffd",
    "line\nbreak.2",
    "line\nbreak.0",
    "line\nbreak.1",
  ]);
});

/**
 * Prints what Hugging Face's own reader says of files, which it believes to be on a server. It runs by itself, so that
 * nothing but this test fetches its package.
 */
const HUB = `
import { parseSafetensorsMetadata } from "npm:@huggingface/hub@2.17.5";
const answers = [];
for (const path of Deno.args) {
  const bytes = Deno.readFileSync(path);
  const serve = (input, init) => {
    const { url, headers } = new Request(input, init);
    if (!url.endsWith("/model.safetensors")) return Promise.resolve(new Response("", { status: 404 }));
    const [, first = "0", last = ""] = /bytes=(\\d+)-(\\d+)/.exec(headers.get("range") ?? "") ?? [];
    const end = Math.min(Number(last), bytes.length - 1);
    return Promise.resolve(
      new Response(bytes.subarray(Number(first), end + 1), {
        status: 206,
        headers: { "content-range": \`bytes \${first}-\${end}/\${bytes.length}\`, etag: '"1"' },
      }),
    );
  };
  const hubUrl = "https://hub.invalid";
  answers.push(await parseSafetensorsMetadata({ repo: "someone/model", path: "model.safetensors", hubUrl, fetch: serve })
    .then(({ header }) => ({ header }), ({ message }) => ({ message })));
}
console.log(JSON.stringify(answers));
`;

type Header = { readonly __metadata__: Readonly<Record<string, string>> } & Readonly<Record<string, Info>>;

/** What Hugging Face's reader says of each file: its header, or an error. */
async function readByHub(files: readonly Uint8Array[]) {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/hub.js`, HUB);
    const paths = files.map((_, k) => `${folder}/${k}.safetensors`);
    for (const [k, bytes] of files.entries()) await Deno.writeFile(paths[k]!, bytes);
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-config", "--no-lock", `${folder}/hub.js`, ...paths],
    }).output();
    const text = new TextDecoder().decode(stdout);
    assert(text !== "", new TextDecoder().decode(stderr));
    return JSON.parse(text) as readonly { readonly header?: Header; readonly message?: string }[];
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("Hugging Face's reader for JavaScript opens a model that was saved here", programs, async () => {
  const model = sequential([denseLayer(3, 4), batchNorm1d(4), denseLayer(4, 2, { name: "ünï ⛵" })]);
  const variables = model.init(key(0)), bytes = encodeModel(model, variables);
  const start = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const damaged = [bytes.slice(0, start - 9), bytes.map((byte, at) => at === 8 ? 0x5b : byte)];
  const [read, ...refused] = await readByHub([bytes, ...damaged]);
  const { __metadata__: metadata, ...header } = read!.header!;
  const infos = Object.entries(header) as [string, Info][];
  assertEquals(infos.map(([name, { dtype, shape }]) => [name, dtype, shape]).toSorted(), [
    ["params.0.bias", "F32", [4]],
    ["params.0.weight", "F32", [4, 3]],
    ["params.1.beta", "F32", [4]],
    ["params.1.gamma", "F32", [4]],
    ["params.2.bias", "F32", [2]],
    ["params.2.weight", "F32", [2, 4]],
    ["state.1.runningMean", "F32", [4]],
    ["state.1.runningVariance", "F32", [4]],
  ]);
  assertEquals(JSON.parse(metadata!["nanograd.layer"]!).layers.length, 3);
  const learned = infos.filter(([name]) => name.startsWith("params."));
  assertEquals(
    learned.reduce((sum, [, { shape }]) => sum + shape.reduce((a, b) => a * b), 0),
    parameterCount(variables),
  );
  const [begin, end] = header["params.0.weight"]!.data_offsets;
  assertEquals(
    [...new Float32Array(bytes.slice(start + begin, start + end).buffer)],
    toList(variables.params[0].weight),
  );
  // It reports errors such as a truncated file or an invalid header.
  for (const { message } of refused) assertStringIncludes(message!, "not valid JSON");
});

const read = (base64: string) => {
  const result = decodeSafetensors(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)));
  assert(result._tag === "Right", result._tag === "Left" ? result.left.message : "");
  return result.right;
};

for (const { name, base64, metadata, tensors } of json.files) {
  Deno.test(`a file that Python wrote opens here: ${name}`, () => {
    const file = read(base64);
    assertEquals({ ...file.metadata }, { ...metadata });
    assertEquals(Object.keys(file.tensors).toSorted(), tensors.map((t) => t.name).toSorted());
    for (const { name, dtype, shape, data } of tensors) {
      const t = file.tensors[name]!;
      assertEquals([t.shape, toList(t)], [shape, data], name);
      assertEquals(t.dtype, ["F64", "I64", "I32"].includes(dtype) ? "float64" : "float32", name);
    }
  });
}

Deno.test("a network that PyTorch trained computes the same here", () => {
  const { tensors } = read(json.files[0]!.base64), t = (name: string): Tensor => tensors[name]!;
  const model = sequential([denseLayer(3, 4), batchNorm1d(4), denseLayer(4, 2)]);
  const y = forward(model, {
    params: [
      { weight: t("0.weight"), bias: t("0.bias") },
      { gamma: t("1.weight"), beta: t("1.bias") },
      { weight: t("2.weight"), bias: t("2.bias") },
    ],
    state: [[], { runningMean: t("1.running_mean"), runningVariance: t("1.running_var") }, []],
  }, tensor32(json.x));
  (toArray(y) as number[][]).forEach((row, i) => row.forEach((v, j) => assertAlmostEquals(v, json.y[i]![j]!, 1e-6)));
});
