/// <reference lib="dom" />
/**
 * Elements of the page, by their ids.
 *
 * @module
 */

/**
 * Returns an element of the page.
 *
 * @throws {TypeError} If the page has no element of this id and kind.
 */
export function element<E extends HTMLElement>(id: string, kind: new () => E): E {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new TypeError(
    `Cannot find #${id}: the page has ${found === null ? "nothing" : `a ${found.tagName}`} there: it must have a ` +
      `${kind.name}; build the page again`,
  );
}

/** Makes an element with attributes and children. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
  made.append(...children);
  return made;
}

/** Returns the context of a canvas. */
export function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext("2d");
  if (context === null) {
    throw new TypeError("Cannot draw on a canvas: the browser has no 2d context; try another browser");
  }
  return context;
}

/**
 * Gives a canvas as many pixels as the screen has there, and makes its context count in CSS pixels.
 *
 * @returns Its context, and its size in CSS pixels.
 */
export function fitted(canvas: HTMLCanvasElement, height = canvas.clientHeight) {
  const context = contextOf(canvas), width = canvas.clientWidth, ratio = Math.min(2, globalThis.devicePixelRatio || 1);
  const pixels = [Math.round(width * ratio), Math.round(height * ratio)] as const;
  if (canvas.width !== pixels[0] || canvas.height !== pixels[1]) [canvas.width, canvas.height] = pixels;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}
