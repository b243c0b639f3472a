import {
  addDelayedJob,
  addPrioritizedJob,
  extendLocks,
  moveStalledJobsToWait,
  moveToActive,
  moveToFinished,
  promote,
  removeJob,
} from "bullmq/dist/esm/scripts/index.js";
import { messages } from "../messages.ts";

/** BullMQ's own commands that are used here, with the number of keys each takes in the version this was written for. */
const USED = [
  [addPrioritizedJob, 9],
  [addDelayedJob, 6],
  [promote, 9],
  [moveToActive, 11],
  [moveToFinished, 14],
  [removeJob, 2],
  [extendLocks, 1],
  [moveStalledJobsToWait, 9],
] as const;

/**
 * BullMQ's commands as Lua functions of their keys and arguments, unchanged. A change of a job is one script that moves
 * it in BullMQ's queue and in its record together: BullMQ's classes could do only the one or the other, and a process
 * that dies between the two would leave a job that is never done, or one that is done twice.
 */
export function bullmqCommands(): string {
  return USED.map(([{ name, content, keys }, expected]) => {
    if (keys !== expected) throw new Error(messages.bullmqKeys(name, keys, expected));
    return `bullmq.${name} = function(KEYS, ARGV)\n${content}\nend\n`;
  }).join("");
}
