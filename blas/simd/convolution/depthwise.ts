/**
 * Convolution and its adjoints for filters that see a single channel: direct loops over whole channels, as many at a time
 * as stay in the second-level cache.
 *
 * @module
 */
import type { DType } from "../../dtype.ts";
import { type Problem, roundUp, type Terms, termsOf, transfers, withRooms } from "./room.ts";

/** Bytes of channels, with all that is computed of them, that are worked on at a time. */
const BYTES = 262_144;

/** A vector of float32. */
const LANES = 4;

/** What one step works on: some channels of one image. */
type Step = { readonly image: number; readonly first: number; readonly count: number };

/** Cuts all channels of all images into steps. */
function steps<D extends DType>({ sizes: { batch, groups } }: Problem<D>, channelBytes: number) {
  const most = Math.min(groups, Math.max(1, Math.floor(BYTES / channelBytes)));
  const perImage = Math.ceil(groups / most);
  const all = Array.from({ length: batch * perImage }, (_, k): Step => {
    const first = k % perImage * most;
    return { image: Math.floor(k / perImage), first, count: Math.min(most, groups - first) };
  });
  return { all, most };
}

/** `y = conv(x, w)`; returns whether there was room. */
export function conv2dTaps<D extends DType>(problem: Problem<D>): boolean {
  const { context, sizes, x, w, y } = problem, { filters, groups } = sizes, terms = termsOf(problem);
  const { grid, bytes, taps, p, pixels } = terms, direct = terms.flat && p % LANES === 0;
  const wide = direct ? p : roundUp(grid.windows, LANES), perChannel = pixels + grid.plane + filters * (p + wide);
  const { all, most } = steps(problem, perChannel * bytes);
  const rooms = [w.size, most * pixels, most * grid.plane, most * filters * wide, direct ? 0 : most * filters * p];
  return withRooms(
    context.scratch,
    [...rooms.map((count) => count * bytes), taps * 8],
    ([weight, image, spread, result, output, table]) => {
      const to = transfers(problem, terms);
      to.read(w, 0, w.size, weight!);
      to.table(table!, tapTable(terms));
      to.clear(spread!, most * grid.plane);
      for (const { image: n, first, count } of all) {
        const channel = n * groups + first;
        to.read(x, channel * pixels, count * pixels, image!);
        to.spread(count, image!, pixels, spread!);
        for (let filter = 0; filter < filters; filter++) {
          const kernel = weight! + (first * filters + filter) * taps * bytes, target = result! + filter * wide * bytes;
          const planes = [grid.plane * bytes, target, filters * wide * bytes] as const;
          to.taps(count, grid.windows, taps, table!, kernel, filters * taps * bytes, spread!, ...planes);
        }
        if (!direct) {
          const from = { address: result!, plane: wide, row: grid.width };
          to.rows(count * filters, sizes, from, { address: output!, plane: p, row: sizes.outputWidth });
        }
        to.write(y, channel * filters * p, count * filters * p, direct ? result! : output!);
      }
    },
  );
}

/**
 * The adjoint in `x`; returns whether there was room. An element of a grid gets from every window that sees it: the window
 * that is as far before it as the element of the kernel is behind the first. In front of the windows there are zeros.
 */
export function conv2dInputTaps<D extends DType>(problem: Problem<D>): boolean {
  const { context, sizes, x, w, y } = problem, { filters, groups } = sizes, terms = termsOf(problem);
  const { grid, bytes, taps, p, pixels } = terms;
  const before = roundUp(Math.max(...grid.taps.map(({ offset, phase }) => offset - phase * grid.size)), LANES);
  const wide = before + Math.max(grid.size, roundUp(grid.windows, LANES));
  const { all, most } = steps(problem, (pixels + grid.plane + filters * (p + wide)) * bytes);
  const rooms = [w.size, most * pixels, most * grid.plane, most * filters * wide, most * filters * p];
  const phases = [...new Set(grid.taps.map(({ phase }) => phase))].map((phase) => ({
    phase,
    entries: Array.from(
      { length: filters },
      (_, filter) =>
        grid.taps.flatMap((tap, k) =>
          tap.phase !== phase
            ? []
            : [(filter * taps + k) * bytes, (filter * wide + phase * grid.size - tap.offset) * bytes]
        ),
    ).flat(),
  }));
  return withRooms(
    context.scratch,
    [...rooms.map((count) => count * bytes), filters * taps * 8],
    ([weight, image, spread, windows, given, table]) => {
      const to = transfers(problem, terms), start = windows! + before * bytes;
      to.read(w, 0, w.size, weight!);
      to.clear(image!, most * pixels);
      to.clear(windows!, most * filters * wide);
      let at = table!;
      const tables = phases.map(({ entries, phase }) => {
        const address = at;
        to.table(address, entries);
        at += entries.length * 4;
        return { address, phase, count: entries.length / 2 };
      });
      for (const { image: n, first, count } of all) {
        const channel = n * groups + first;
        to.read(y, channel * filters * p, count * filters * p, given!);
        const from = { address: given!, plane: p, row: sizes.outputWidth };
        to.rows(count * filters, sizes, from, { address: start, plane: wide, row: grid.width });
        const kernel = weight! + first * filters * taps * bytes, kernelPlane = filters * taps * bytes;
        for (const { address, phase, count: entries } of tables) {
          const target = spread! + phase * grid.size * bytes,
            planes = [filters * wide * bytes, target, grid.plane * bytes] as const;
          to.taps(count, grid.size, entries, address, kernel, kernelPlane, start, ...planes);
        }
        to.collect(count, spread!, image!, pixels);
        to.write(x, channel * pixels, count * pixels, image!);
      }
    },
  );
}

/** The adjoint in `w`; returns whether there was room. */
export function conv2dWeightTaps<D extends DType>(problem: Problem<D>): boolean {
  const { context, sizes, x, w, y } = problem, { filters, groups } = sizes, terms = termsOf(problem);
  const { grid, bytes, taps, p, pixels, flat } = terms, wide = flat ? p : grid.windows;
  const { all, most } = steps(problem, (pixels + grid.plane + filters * (p + wide)) * bytes);
  const rooms = [w.size, most * pixels, most * grid.plane, most * filters * p, flat ? 0 : most * filters * wide];
  return withRooms(
    context.scratch,
    [...rooms.map((count) => count * bytes), taps * 8],
    ([weight, image, spread, given, windows, table]) => {
      const to = transfers(problem, terms), source = flat ? given! : windows!;
      to.table(table!, tapTable(terms));
      to.clear(weight!, w.size);
      to.clear(spread!, most * grid.plane);
      if (!flat) to.clear(windows!, most * filters * wide);
      for (const { image: n, first, count } of all) {
        const channel = n * groups + first;
        to.read(x, channel * pixels, count * pixels, image!);
        to.read(y, channel * filters * p, count * filters * p, given!);
        to.spread(count, image!, pixels, spread!);
        if (!flat) {
          const from = { address: given!, plane: p, row: sizes.outputWidth };
          to.rows(count * filters, sizes, from, { address: windows!, plane: wide, row: grid.width });
        }
        for (let filter = 0; filter < filters; filter++) {
          const kernel = weight! + (first * filters + filter) * taps * bytes,
            planes = [source + filter * wide * bytes, filters * wide * bytes] as const;
          to.tapProducts(
            count,
            grid.windows,
            taps,
            table!,
            kernel,
            filters * taps * bytes,
            spread!,
            grid.plane * bytes,
            ...planes,
          );
        }
      }
      to.write(w, 0, w.size, weight!);
    },
  );
}

/** For every element of a kernel its place and where in the grids of a channel the first window sees through it, in bytes. */
function tapTable({ grid, bytes }: Terms): readonly number[] {
  return grid.taps.flatMap(({ offset }, k) => [k * bytes, offset * bytes]);
}
