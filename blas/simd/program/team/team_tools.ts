/**
 * What a compiler needs for programs that several threads run.
 *
 * @module
 */
import { TEAM_BODY_CODE, type TeamBodyCode } from "../bodies/team_body_code.ts";
import { gemmShares } from "../products/gemm_shares.ts";
import { controlBytes } from "./control.ts";
import { APART, teamWorkspace } from "./member.ts";
import { clockBytes, teamClock } from "./team_clock.ts";
import { teamWriter } from "./writer.ts";

/** The functions for programs of teams, under common names. */
export type TeamTools = {
  readonly controlBytes: typeof controlBytes;
  readonly clockBytes: typeof clockBytes;
  readonly workspace: typeof teamWorkspace;
  readonly apart: typeof APART;
  readonly clock: typeof teamClock;
  readonly writer: typeof teamWriter;
  readonly bodies: TeamBodyCode;
  readonly gemmShares: typeof gemmShares;
};

/** The tools for programs of teams. */
export const TEAM_TOOLS: TeamTools = {
  controlBytes,
  clockBytes,
  workspace: teamWorkspace,
  apart: APART,
  clock: teamClock,
  writer: teamWriter,
  bodies: TEAM_BODY_CODE,
  gemmShares,
};
