/// <reference lib="dom" />
/**
 * The neurons as buttons, which lie over their drawing: the chosen one is shown large. The tab key reaches one of them,
 * arrow keys the others.
 *
 * @module
 */
import { element, make } from "./dom.ts";
import { moved, type NetworkLayout, type Place } from "./network_layout.ts";

/** A neuron that can be chosen: its name, and the number of its view, 0 for the output. */
export type Choice = { readonly name: string; readonly view: number };

/** Returns the choices of each layer from the first hidden one to the output. */
export function choicesOf(layers: number, width: number): readonly (readonly Choice[])[] {
  const hidden = Array.from({ length: layers }, (_, layer) =>
    Array.from({ length: width }, (_, k) => ({
      name: `Layer ${layer + 1}, neuron ${k + 1}`,
      view: 1 + layer * width + k,
    })));
  return [...hidden, [{ name: "Output", view: 0 }]];
}

/** The buttons. */
export type NeuronButtons = {
  /** Makes new ones, for another network. */
  rebuild(choices: readonly (readonly Choice[])[]): void;
  /** Moves them to the positions of their neurons. */
  place(layout: NetworkLayout): void;
};

/** Makes the buttons, and calls a function when one of them is chosen. */
export function neuronButtons(chosen: (choice: Choice) => void): NeuronButtons {
  const toolbar = element("neurons", HTMLElement);
  let buttons: readonly (readonly HTMLButtonElement[])[] = [];

  const reach = (button: HTMLButtonElement): void =>
    buttons.flat().forEach((other) => other.tabIndex = other === button ? 0 : -1);
  const choose = (button: HTMLButtonElement, choice: Choice): void => {
    buttons.flat().forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
    reach(button);
    chosen(choice);
  };
  const move = (event: KeyboardEvent, from: Place): void => {
    const place = moved(from, event.key, buttons.map(({ length }) => length));
    const next = place && buttons[place.layer]?.[place.index];
    if (next === undefined) return;
    event.preventDefault();
    reach(next);
    next.focus();
  };

  return {
    rebuild(choices) {
      buttons = choices.map((layer, at) =>
        layer.map((choice, index) => {
          const attributes = { type: "button", class: "neuron", "aria-label": choice.name };
          const button = make("button", { ...attributes, "aria-pressed": String(choice.view === 0) });
          button.tabIndex = choice.view === 0 ? 0 : -1;
          button.addEventListener("click", () => choose(button, choice));
          button.addEventListener("keydown", (event) => move(event, { layer: at, index }));
          return button;
        })
      );
      toolbar.replaceChildren(...buttons.flat());
    },
    place({ layers }) {
      buttons.forEach((layer, at) =>
        layer.forEach(({ style }, k) => {
          const { x, y, size } = layers[at + 1]![k]!;
          Object.assign(style, { left: `${x}px`, top: `${y}px`, width: `${size}px`, height: `${size}px` });
        })
      );
    },
  };
}
