/**
 * What a visitor does on the page, and sees.
 *
 * @module
 */
import type { Page } from "playwright-core";
import type { Stroke } from "../../../../examples/browser/page/ink.ts";

/** Waits until a share on the page is large enough, and fails after some seconds. */
export const reaches = (page: Page, id: string, share: number, seconds: number) =>
  page.waitForFunction(
    `parseInt(document.getElementById("${id}").textContent) >= ${100 * share}`,
    undefined,
    { timeout: 1000 * seconds },
  );

/** Returns the text of an element. */
export const text = (page: Page, id: string): Promise<string> => page.locator(`#${id}`).innerText();

/** Reads a copy of a canvas: reading the original would change how the browser keeps it. */
export const PIXELS_OF = `(selector) => {
  const canvas = document.querySelector(selector), copy = new OffscreenCanvas(canvas.width, canvas.height);
  const context = copy.getContext("2d", { willReadFrequently: true });
  context.drawImage(canvas, 0, 0);
  return new Uint32Array(context.getImageData(0, 0, copy.width, copy.height).data.buffer);
}`;

/** Counts the colours of a canvas. */
export const colorsOf = (page: Page, selector: string): Promise<number> =>
  page.evaluate(`new Set((${PIXELS_OF})("${selector}")).size`);

/** Writes strokes with the mouse. */
export async function write(page: Page, strokes: readonly Stroke[]): Promise<void> {
  const pad = page.locator("#pad");
  await pad.scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await pad.boundingBox())!;
  for (const stroke of strokes) {
    for (const [k, [across, down]] of stroke.entries()) {
      await page.mouse.move(x + across * width, y + down * height, { steps: k === 0 ? 1 : 4 });
      if (k === 0) await page.mouse.down();
    }
    await page.mouse.up();
  }
}

/** Waits for an answer of the digit pad. */
export const reads = (page: Page, digit: string) =>
  page.waitForFunction(`document.getElementById("answer").textContent === "${digit}"`, undefined, { timeout: 10_000 });

/** The median of the times between frames over some seconds, in milliseconds. */
export const frameTime = (page: Page): Promise<number> =>
  page.evaluate(`new Promise((resolve) => {
    const times = [];
    const frame = (now) => {
      times.push(now);
      if (times.length < 180) return requestAnimationFrame(frame);
      const gaps = times.slice(1).map((time, k) => time - times[k]).sort((a, b) => a - b);
      resolve(gaps[gaps.length >> 1]);
    };
    requestAnimationFrame(frame);
  })`);

/** Returns what has the focus: its id or its name. */
export const focused = (page: Page): Promise<string> =>
  page.evaluate(`(() => {
    const { id, name, textContent, ariaLabel } = document.activeElement;
    return id || name || ariaLabel || textContent.trim();
  })()`);
