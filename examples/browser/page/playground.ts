/// <reference lib="dom" />
/**
 * The playground: asks its worker for steps, one request at a time, and draws the replies.
 *
 * The page asks again only after it has drawn, so that the worker never runs ahead of the drawing, and both rest while
 * the page is hidden.
 *
 * @module
 */
import type { Reply, Request } from "../messages.ts";
import { needsRestart, type Settings, START } from "../settings.ts";
import { announcer } from "./announcer.ts";
import { controls } from "./controls.ts";
import { EMPTY_CURVE, extend } from "./curve.ts";
import { element } from "./dom.ts";
import { choicesOf, neuronButtons } from "./neuron_buttons.ts";
import type { Palette } from "./palette.ts";
import { playgroundView, type Scene } from "./playground_view.ts";
import { programText } from "./program_text.ts";
import { scoresText } from "./wording.ts";

/** The number of steps after which training pauses, and the shortest time between two changes of the numbers. */
const REST = 4000, MILLISECONDS_PER_WRITING = 120;

const OUTPUT = { name: "Output", view: 0 };

/** The functions of the playground that the page calls. */
export type Playground = {
  /** Draws everything again, in these colours. */
  restyle(palette: Palette): void;
  /** Sets whether it is visible. */
  setVisible(visible: boolean): void;
};

/** Starts the playground with its worker, which trains from the beginning if `running`. */
export function playground(
  worker: Worker,
  colors: Palette,
  { running, failed }: { readonly running: boolean; readonly failed: (message: string) => void },
): Playground {
  const view = playgroundView(), { say, mention } = announcer(element("playground-status", HTMLElement));
  const trainButton = element("train", HTMLButtonElement), program = element("program", HTMLElement);
  let palette = colors, settings = START, isRunning = running, visible = true, restAt = REST;
  let scene: Scene | undefined, waiting = false, restart: Settings | undefined = START, dirty = false;
  let scheduled = false, writtenAt = 0;

  const buttons = neuronButtons((chosen) => {
    if (scene === undefined) return;
    scene = { ...scene, chosen };
    element("shown", HTMLElement).textContent = chosen.name;
    refresh();
  });
  const { stepsPerFrame } = controls(START, (after) => {
    if (needsRestart(settings, after)) restart = after;
    settings = after;
    program.textContent = programText(settings);
    schedule();
  });
  program.textContent = programText(settings);

  const request = (message: Request): void => {
    waiting = true;
    worker.postMessage(message);
  };
  worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => receive(data));

  function receive(reply: Reply): void {
    if (reply.kind === "started") begin(reply);
    if (reply.kind === "failed") {
      waiting = false;
      setRunning(false);
      failed(reply.message);
    }
    if (reply.kind !== "snapshot" || scene === undefined) return;
    waiting = false;
    scene = { ...scene, snapshot: reply, curve: extend(scene.curve, reply) };
    if (isRunning && reply.step >= restAt) setRunning(false);
    else if (!isRunning) tell(scene);
    refresh();
  }

  function begin({ settings, points }: Extract<Reply, { kind: "started" }>): void {
    const views = new Float32Array(), nothing = { step: 0, loss: 0, testLoss: 0, accuracy: 0, testAccuracy: 0 };
    const snapshot = { kind: "snapshot", ...nothing, views, weights: views } as const;
    scene = { settings, points, snapshot, curve: EMPTY_CURVE, chosen: OUTPUT };
    element("shown", HTMLElement).textContent = OUTPUT.name;
    restAt = REST;
    buttons.rebuild(choicesOf(settings.layers, settings.width));
    buttons.place(view.settle(scene, palette));
  }

  function setRunning(value: boolean): void {
    isRunning = value;
    trainButton.textContent = value ? "Pause" : "Train";
    if (scene === undefined) return schedule();
    if (value) {
      restAt = REST * (Math.floor(scene.snapshot.step / REST) + 1);
      say("Training");
    } else if (!waiting) tell(scene); // otherwise one more reply is expected
    refresh();
  }

  const tell = ({ snapshot }: Scene): void => say(`Paused. ${scoresText(snapshot)}`);

  function refresh(): void {
    dirty = true;
    schedule();
  }

  function schedule(): void {
    if (!scheduled) requestAnimationFrame(frame);
    scheduled = true;
  }

  function frame(now: number): void {
    scheduled = false;
    const asks = !waiting && visible && (isRunning || restart !== undefined);
    if (asks) ask();
    if (dirty && scene !== undefined) {
      dirty = false;
      view.draw(scene);
      if (!isRunning || now - writtenAt >= MILLISECONDS_PER_WRITING) {
        writtenAt = now;
        view.write(scene);
      }
      if (isRunning) mention(scoresText(scene.snapshot));
    }
    if (visible && isRunning) schedule();
  }

  function ask(): void {
    if (restart !== undefined) request({ kind: "start", settings: restart });
    else request({ kind: "advance", steps: stepsPerFrame(), learningRate: settings.learningRate });
    restart = undefined;
  }

  trainButton.addEventListener("click", () => setRunning(!isRunning));
  trainButton.textContent = isRunning ? "Pause" : "Train";
  element("step", HTMLButtonElement).addEventListener("click", () => {
    if (isRunning) setRunning(false);
    if (!waiting && scene !== undefined) {
      request({ kind: "advance", steps: 1, learningRate: settings.learningRate });
    }
  });
  element("reset", HTMLButtonElement).addEventListener("click", () => {
    restart = settings;
    schedule();
  });
  schedule();

  return {
    restyle(next) {
      palette = next;
      if (scene === undefined || scene.snapshot.views.length === 0) return;
      buttons.place(view.settle(scene, palette));
      refresh();
    },
    setVisible(value) {
      visible = value;
      schedule();
    },
  };
}
