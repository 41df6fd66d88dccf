/// <reference lib="dom" />
/**
 * The page: two workers, one for each part, and the colours that the visitor's system requests.
 *
 * @module
 */
import { digits } from "./digits.ts";
import { element } from "./dom.ts";
import { readPalette } from "./palette.ts";
import { playground } from "./playground.ts";

const paletteNow = () => {
  const style = getComputedStyle(document.documentElement);
  return readPalette((name) => style.getPropertyValue(name));
};

/** Shows an error. */
function failed(message: string): void {
  const alert = element("alert", HTMLElement);
  alert.textContent = message;
  alert.hidden = false;
}

/** Starts a worker of the library. */
function startWorker(name: string): Worker {
  const worker = new Worker(new URL("worker.js", document.baseURI), { type: "module", name });
  worker.addEventListener(
    "error",
    ({ message }) => failed(`The worker has failed: ${message || "it could not be loaded"}`),
  );
  return worker;
}

const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const parts = [
  playground(startWorker("playground"), paletteNow(), { running: !isCalm, failed }),
  digits(startWorker("digits"), paletteNow(), failed),
] as const;

const restyle = (): void => parts.forEach((part) => part.restyle(paletteNow()));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", restyle);
new ResizeObserver(restyle).observe(element("main", HTMLElement));
new IntersectionObserver(([entry]) => parts[0].setVisible(entry?.isIntersecting ?? true))
  .observe(element("playground", HTMLElement));
