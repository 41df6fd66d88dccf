/**
 * Contours: straight pieces along which a function on a grid crosses a level, by marching squares.
 *
 * @module
 */

/** The corners of a cell, and which of them each edge joins: top, right, bottom, left. */
const CORNERS = [[0, 0], [1, 0], [1, 1], [0, 1]] as const, EDGES = [[0, 1], [1, 2], [2, 3], [3, 0]] as const;

/**
 * Returns the pieces of a contour as `[x1, y1, x2, y2, …]`, counted in cells from the first point of the grid.
 *
 * @param values `[side, side]`, row by row.
 * @see Lorensen and Cline, Marching Cubes, 1987; this is the same in the plane.
 */
export function contour(values: Float32Array, side: number, level: number): readonly number[] {
  const pieces: number[] = [];
  for (let row = 0; row + 1 < side; row++) {
    for (let column = 0; column + 1 < side; column++) {
      const at = (corner: number): number => {
        const [dx, dy] = CORNERS[corner]!;
        return values[(row + dy) * side + column + dx]! - level;
      };
      for (const [from, to] of EDGES) {
        const a = at(from), b = at(to);
        if ((a < 0) === (b < 0)) continue;
        const share = a / (a - b), [ax, ay] = CORNERS[from]!, [bx, by] = CORNERS[to]!;
        pieces.push(column + ax + share * (bx - ax), row + ay + share * (by - ay));
      }
    }
  }
  return pieces;
}
