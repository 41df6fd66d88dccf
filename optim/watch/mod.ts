/**
 * Watching a run: logs for TensorBoard and others, pictures, a look inside models and programs, and runs that are saved with
 * what they depend on. An entry of its own, so that programs without it have none of its packages; those that draw are loaded
 * with the first picture.
 *
 * @example
 * ```ts
 * import { lossCurve, runLog } from "@nanograd/nanograd/watch";
 * import { assertEquals, assertMatch } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir(), write = runLog(folder), losses = [1, 0.5, 0.3];
 * const log = losses.reduce((log, loss, step) => write(log, { step, scalars: { loss } }), write.initial);
 * assertEquals(log.step, 2); // tensorboard --logdir shows them
 * assertMatch(await lossCurve({ training: losses }), /^<svg/);
 * await Deno.remove(folder, { recursive: true });
 * ```
 *
 * @module
 */
export { type RunLog, runLog, type RunLogOptions, type StepWriter } from "./log/run_log.ts";
export type { Hyperparameter, LoggedPartOf, LoggedStep, LoggedStepOf } from "./log/step_record.ts";
export { type CurvePoint, lossCurve, type LossCurveOptions } from "./pictures/loss_curve.ts";
export { confusionPicture, type ConfusionPictureOptions } from "./pictures/confusion_picture.ts";
export { histogram, type HistogramOptions } from "./pictures/histogram.ts";
export { imageGrid, type ImageGridOptions } from "./pictures/image_grid.ts";
export { embeddingMap, type EmbeddingMapOptions, type Plane, principalPlane } from "./pictures/embedding_map.ts";
export { type LandscapeValues, landscapeValues, type LandscapeValuesOptions } from "./landscape_values.ts";
export { landscape, type LandscapeOptions } from "./landscape.ts";
export { landscapePicture, type LandscapePictureOptions } from "./pictures/landscape_picture.ts";
export type { PictureOptions } from "./pictures/options.ts";
export { formatProgram, type ProgramFormat } from "./program/format_program.ts";
export {
  type Explained,
  integratedGradients,
  type IntegratedGradientsOptions,
  saliency,
} from "./inside/attribution.ts";
export { formatInspection } from "./inside/format_inspection.ts";
export { gradientFlow } from "./inside/gradient_flow.ts";
export { inspect, type InspectedLayer, type InspectOptions } from "./inside/inspect.ts";
export { inspectionPicture, type InspectionPictureOptions } from "./inside/inspection_picture.ts";
export { type DigestedLeaf, type DigestedTree, digestOf } from "./run/digest.ts";
export { differences, type RunRecord, runRecord, type RunRecordOptions } from "./run/run_record.ts";
export { loadRun, type SavedRun, saveRun } from "./run/saved_run.ts";
