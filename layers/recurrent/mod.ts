/**
 * Recurrent networks: cells, and layers that run them over sequences.
 *
 * @module
 */
export type { Cell, CellOptions, CellParams } from "./cell.ts";
export { gruCell, type LstmCarry, lstmCell, rnnCell } from "./cells.ts";
export { gruLayer, lstmLayer, type RecurrentLayerOptions, rnnLayer, type StackedParams } from "./layers.ts";
export {
  type AnyCell,
  type DirectionParams,
  recurrent,
  type RecurrentInput,
  type RecurrentLayer,
  type RecurrentOptions,
} from "./recurrent.ts";
export { fromTorchNames, type TorchNameOptions, toTorchNames } from "./torch_names.ts";
