/**
 * Distributions as plain functions: log densities, entropies, divergences, and differentiable samples.
 *
 * @module
 */
export { bernoulliEntropy, bernoulliKlDivergence, bernoulliLogProb } from "./bernoulli.ts";
export { betaEntropy, betaKlDivergence, betaLogProb } from "./beta.ts";
export { categoricalEntropy, categoricalKlDivergence, categoricalLogProb } from "./categorical.ts";
export { cauchyEntropy, cauchyLogProb } from "./cauchy.ts";
export { dirichletEntropy, dirichletKlDivergence, dirichletLogProb } from "./dirichlet.ts";
export { exponentialEntropy, exponentialKlDivergence, exponentialLogProb } from "./exponential.ts";
export { gammaEntropy, gammaKlDivergence, gammaLogProb } from "./gamma.ts";
export { laplaceEntropy, laplaceKlDivergence, laplaceLogProb } from "./laplace.ts";
export { logNormalEntropy, logNormalLogProb } from "./log_normal.ts";
export { normalEntropy, normalKlDivergence, normalLogProb } from "./normal.ts";
export { poissonKlDivergence, poissonLogProb } from "./poisson.ts";
export {
  exponentialSample,
  type GumbelSoftmaxOptions,
  gumbelSoftmaxSample,
  laplaceSample,
  logNormalSample,
  normalSample,
  uniformSample,
} from "./samples.ts";
export { studentTLogProb } from "./student_t.ts";
export { uniformEntropy, uniformLogProb } from "./uniform.ts";
