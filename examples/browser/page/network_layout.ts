/**
 * The positions of the neurons of a network.
 *
 * @module
 */

/** A square: its left, its top, and its side. */
export type Tile = { readonly x: number; readonly y: number; readonly size: number };

/** The neurons, layer by layer, inputs first; and the height of all of them. */
export type NetworkLayout = { readonly layers: readonly (readonly Tile[])[]; readonly height: number };

/** The largest side of a neuron, and the space between two, in pixels. */
const LARGEST = 46, GAP = 10;

/**
 * Places the neurons of a network, layers side by side, each in the middle.
 *
 * @param width The width of the drawing, in pixels.
 * @param sizes The number of neurons in each layer; at least two layers.
 */
export function networkLayout(width: number, sizes: readonly number[]): NetworkLayout {
  const size = Math.max(16, Math.min(LARGEST, Math.floor(width / (1.8 * sizes.length))));
  const pitch = (width - size) / (sizes.length - 1), row = size + GAP, height = Math.max(...sizes) * row - GAP;
  return {
    height,
    layers: sizes.map((count, layer) =>
      Array.from({ length: count }, (_, k) => ({
        x: Math.round(layer * pitch),
        y: Math.round((height - count * row + GAP) / 2 + k * row),
        size,
      }))
    ),
  };
}

/** The place of a neuron that arrow keys reach: a layer, counted from the first that can be chosen, and a number in it. */
export type Place = { readonly layer: number; readonly index: number };

const MOVES: Readonly<Record<string, readonly [layers: number, neurons: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** Returns the place to which a key leads among layers of these sizes; `undefined` if it is not an arrow. */
export function moved({ layer, index }: Place, key: string, sizes: readonly number[]): Place | undefined {
  const move = MOVES[key];
  if (move === undefined) return undefined;
  const next = clamp(layer + move[0], sizes.length - 1), most = sizes[next]! - 1;
  return { layer: next, index: clamp(next === layer ? index + move[1] : Math.min(index, most), most) };
}

const clamp = (value: number, most: number): number => Math.min(most, Math.max(0, value));
