import type { ComponentChildren } from "preact";

/** The sentences of the page of checks. Labels of a few words are where they are shown. A change of wording is a change here. */
export const messages = {
  // page
  adminsOnly: "Only admins can see the checks. Sign in with an admin key.",
  checking: "Checking the settings, disk, database, targets and machine. This takes a few seconds.",
  notChecked:
    "No check has run since the start. Check now tests the settings, disk, database, targets and machine, as agentlink doctor does; jobs continue during the check.",
  backUpNightly: "Take one every night: docs/operate.md shows the cron line.",
  backupTooOld: "That is more than a week ago: take one every night.",
  appendOnlyFile: "; each later change is in its append-only file.",
  noAppendOnlyFile: ". It has no append-only file, so later changes are lost if Redis ends. Set appendonly yes there.",
  findingAndAction: "Finding, and what to do",
  noBackup: (command: ComponentChildren) => <>No backup has been taken with {command}.</>,
  jobsInRedis: "The jobs and keys are in Redis, not in that backup. Its last snapshot was",
} as const;
