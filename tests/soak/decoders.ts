/**
 * Gives damaged files to every decoder that answers at once: it must return a value or say what is wrong, and soon.
 *
 * @module
 */
import {
  activations,
  decodeModel,
  decodeSafetensors,
  decodeTree,
  denseLayer,
  type Either,
  encodeModel,
  encodeSafetensors,
  encodeTree,
  key,
  layerFromConfig,
  layerToConfig,
  sequential,
  tensor32,
  tensor64,
} from "../../mod.ts";
import { unzip } from "../../optim/data/archives/zip.ts";
import { decodeOnnx, encodeOnnxLayer } from "../../layers/onnx/mod.ts";
import { decodeCsv, decodeIdx, decodeImage } from "../../optim/data/mod.ts";
import pictures from "../fixtures/pictures.json" with { type: "json" };
import { zipOf } from "../optim/data/archives/pack.ts";
import { numbersFrom } from "./draw_program.ts";

/** A decoder, and intact files that it reads. */
export type Decoder = {
  readonly name: string;
  readonly corpus: readonly Uint8Array[];
  readonly decode: (bytes: Uint8Array) => Either<unknown, unknown>;
};

const model = sequential([denseLayer(3, 4, { activation: activations.relu }), denseLayer(4, 2)]);
const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** IDX, as MNIST has it: the type of elements, the number of axes, their lengths, and the elements. */
const idx = Uint8Array.from([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6]);

/** A table with quotes, line ends within them, and missing values. */
const csv = new TextEncoder().encode('age,kind,alive\n1.5,"a ""b""\n",yes\n,c,no\n-2e3,"c,d",1\n');

/** Makes the decoders and their files. */
export const decoders = (): readonly Decoder[] => [
  {
    name: "decodeSafetensors",
    corpus: [encodeSafetensors({ a: tensor32([[1, 2], [3, 4]]), b: tensor64([]) }, { origin: "here" })],
    decode: decodeSafetensors,
  },
  {
    name: "decodeTree",
    corpus: [encodeTree({ step: 3, name: "run", list: [tensor32([1, 2]), null, true], deep: { x: [[1, [2]]] } })],
    decode: decodeTree,
  },
  { name: "decodeModel", corpus: [encodeModel(model, model.init(key(0)))], decode: decodeModel },
  {
    name: "layerFromConfig",
    corpus: [text(layerToConfig(model))],
    decode: (bytes) => {
      try {
        return layerFromConfig(JSON.parse(new TextDecoder().decode(bytes)));
      } catch (error) {
        if (error instanceof SyntaxError) return { _tag: "Left", left: error }; // JSON.parse answers for texts
        throw error;
      }
    },
  },
  { name: "decodeOnnx", corpus: [encodeOnnxLayer(model, model.init(key(0)), [1, 3])], decode: decodeOnnx },
  { name: "decodeIdx", corpus: [idx], decode: decodeIdx },
  {
    name: "decodeImage",
    corpus: pictures.cases.map(({ file }) => Uint8Array.fromBase64(file)),
    decode: (bytes) => decodeImage(bytes, { maxPixels: 2 ** 20 }),
  },
  {
    name: "decodeCsv",
    corpus: [csv],
    decode: (bytes) =>
      decodeCsv(new TextDecoder().decode(bytes), {
        columns: { age: { type: "number", missing: "mean" }, kind: "category", alive: "boolean" },
      }),
  },
  {
    name: "unzip",
    corpus: [zipOf([{ name: "a/1.png", bytes: idx }, { name: "b/2.png", bytes: new Uint8Array(300) }])],
    decode: (bytes) => unzip(bytes, () => true, { maxBytes: 2 ** 20 }),
  },
];

/** The time in milliseconds that decoding such a small file may take. */
const LONG = 2000;

/** Bytes that damage writes: the smallest and largest integers, quotes, brackets, high bits. */
const BYTES = [0, 1, 2, 0x22, 0x2c, 0x5b, 0x5d, 0x7b, 0x7d, 0x7f, 0x80, 0xff];

/**
 * Damages a file one to four times: flips a bit, writes a byte or a huge length, removes, repeats or moves a piece, or cuts
 * the end off.
 */
export function damage(bytes: Uint8Array, draw: (count: number) => number): Uint8Array {
  let damaged: Uint8Array = bytes.slice();
  for (let turn = draw(4); turn >= 0; turn--) {
    if (damaged.length === 0) return damaged;
    const at = draw(damaged.length), length = 1 + draw(Math.min(64, damaged.length - at));
    switch (draw(7)) {
      case 0:
        damaged[at] = damaged[at]! ^ (1 << draw(8));
        break;
      case 1:
        damaged[at] = BYTES[draw(BYTES.length)]!;
        break;
      case 2:
        damaged.fill(0xff, at, at + 8);
        break;
      case 3:
        damaged = damaged.slice(0, at);
        break;
      case 4:
        damaged = joined(damaged.subarray(0, at), damaged.subarray(at + length));
        break;
      case 5:
        damaged = joined(damaged.subarray(0, at), damaged.subarray(at, at + length), damaged.subarray(at));
        break;
      default:
        damaged.copyWithin(draw(damaged.length), at, at + length);
    }
  }
  return damaged;
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  parts.reduce((at, part) => {
    whole.set(part, at);
    return at + part.length;
  }, 0);
  return whole;
}

/** Gives `count` damaged files to decoders, and returns what went wrong. */
export function damageDecoders(seed: number, count: number, all: readonly Decoder[] = ALL()): readonly string[] {
  const draw = numbersFrom(seed ^ 0x5eed);
  return Array.from({ length: count }, () => {
    const { name, corpus, decode } = all[draw(all.length)]!, bytes = damage(corpus[draw(corpus.length)]!, draw);
    const start = performance.now();
    try {
      const { _tag } = decode(bytes), took = performance.now() - start;
      if (took > LONG) return `${name} takes ${took.toFixed(0)} ms for ${hex(bytes)}`;
      return _tag === "Left" || _tag === "Right" ? "" : `${name} returns no Either for ${hex(bytes)}`;
    } catch (error) {
      return `${name} throws ${error} for ${hex(bytes)}`;
    }
  }).filter((problem) => problem !== "");
}

let made: readonly Decoder[] | undefined;
const ALL = (): readonly Decoder[] => made ??= decoders();

const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
