/// <reference lib="dom" />
/**
 * The digit pad: sends drawings to its worker, and shows how the network reads them.
 *
 * @module
 */
import { type LayerView, type Reading, type Reply, type Request, SIDE } from "../messages.ts";
import { announcer } from "./announcer.ts";
import { element, make } from "./dom.ts";
import { drawFeatures } from "./feature_drawing.ts";
import { inkOf, type Stroke } from "./ink.ts";
import { pad } from "./pad.ts";
import { type Palette, sequential } from "./palette.ts";
import { SAMPLE_DIGITS } from "./sample_digits.ts";
import { countText, percent } from "./wording.ts";

/** How long the hand must rest before the answer is read aloud, in milliseconds. */
const RESTING = 700;

/** The functions of the digit pad that the page calls. */
export type Digits = { restyle(palette: Palette): void };

/** Starts the digit pad with its worker. */
export function digits(worker: Worker, colors: Palette, failed: (message: string) => void): Digits {
  const answer = element("answer", HTMLElement), certainty = element("certainty", HTMLElement);
  const features = element("features", HTMLElement), { say } = announcer(element("digits-status", HTMLElement));
  const bars = barsIn(element("bars", HTMLElement));
  let scale = sequential(colors.ground, colors.ink), strokes: readonly Stroke[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isReady = false, waiting = false, stale = false, views: readonly LayerView[] = [];

  const writing = pad(colors, (next) => {
    strokes = next;
    stale = true;
    read();
  });
  SAMPLE_DIGITS.forEach((sample, digit) => {
    const button = make("button", { type: "button", "aria-label": `Write a ${digit}` }, String(digit));
    button.addEventListener("click", () => writing.show(sample));
    element("samples", HTMLElement).append(button);
  });

  const request = (message: Request, memory: Transferable[] = []): void => worker.postMessage(message, memory);
  worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => {
    if (data.kind === "failed") failed(data.message);
    if (data.kind === "loaded") {
      isReady = true;
      element("reader", HTMLElement).textContent = `${countText(data.parameters)} parameters`;
      read();
    }
    if (data.kind !== "reading") return;
    waiting = false;
    show(data);
    read();
  });

  function read(): void {
    if (!stale || !isReady || waiting) return;
    [stale, waiting] = [false, true];
    const pixels = inkOf(strokes);
    views = [{ channels: 1, side: SIDE, values: pixels.slice() }];
    request({ kind: "read", pixels }, [pixels.buffer]);
  }

  function show({ probabilities, layers }: Reading): void {
    const isBlank = strokes.length === 0, best = probabilities.indexOf(Math.max(...probabilities));
    views = [views[0]!, ...layers];
    drawFeatures(features, views, scale);
    bars.forEach((setBar, digit) => setBar(isBlank ? undefined : probabilities[digit]!, digit === best));
    answer.textContent = isBlank ? "–" : String(best);
    certainty.textContent = isBlank ? "nothing written yet" : `${percent(probabilities[best]!)} sure`;
    clearTimeout(timer);
    const text = isBlank ? "The pad is empty" : `Reads ${best}, ${percent(probabilities[best]!)} sure`;
    timer = setTimeout(() => say(text), RESTING);
  }

  request({ kind: "load", url: new URL("digits.safetensors", document.baseURI).href });
  stale = true;

  return {
    restyle(palette) {
      scale = sequential(palette.ground, palette.ink);
      writing.restyle(palette);
      if (views.length > 1) drawFeatures(features, views, scale);
    },
  };
}

/** Makes a bar for each digit, and returns the functions that set them: to a probability, and whether it is the largest. */
function barsIn(list: HTMLElement): readonly ((probability: number | undefined, isBest: boolean) => void)[] {
  return SAMPLE_DIGITS.map((_, digit) => {
    const bar = make("span", { class: "bar", "aria-hidden": "true" }), value = make("span", { class: "value" }, "–");
    const item = make("li", {}, make("span", { class: "digit" }, String(digit)), bar, value);
    list.append(item);
    return (probability, isBest) => {
      bar.style.setProperty("--share", String(probability ?? 0));
      value.textContent = probability === undefined ? "–" : percent(probability);
      item.classList.toggle("best", probability !== undefined && isBest);
    };
  });
}
