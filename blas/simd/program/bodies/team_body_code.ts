/**
 * The functions with which threads divide the programs inside instructions.
 *
 * @module
 */
import { alone, waitAt } from "../team/member.ts";
import { nanosecondsOfProgram } from "../team/work.ts";
import { bodyForTeam, emitTeamBody, teamFunction } from "./team_body.ts";

/** These functions, under their names. */
export type TeamBodyCode = {
  readonly bodyForTeam: typeof bodyForTeam;
  readonly emitTeamBody: typeof emitTeamBody;
  readonly teamFunction: typeof teamFunction;
  readonly alone: typeof alone;
  readonly waitAt: typeof waitAt;
  readonly nanosecondsOfProgram: typeof nanosecondsOfProgram;
};

/** All of them. */
export const TEAM_BODY_CODE: TeamBodyCode = {
  bodyForTeam,
  emitTeamBody,
  teamFunction,
  alone,
  waitAt,
  nanosecondsOfProgram,
};
