import { quoted } from "../text/visible-text.ts";

/**
 * The log lines, warnings and reasons of the API that are not errors (those are in errors.ts): what happened, then what
 * to do. A change of wording is a change here.
 */
export const messages = {
  // Warnings on a job
  noDataYet: (suburb: string, state: string, postcode: string) =>
    `there is no data for ${suburb} ${state} ${postcode}: the report will fail unless you import data first (\`agentlink import\`, PUT /api/catalogue/sales)`,
  domainOnly: (field: string, value: string) =>
    `${field}: only Domain as the source supports ${quoted(value)}; the value was stored, but has no effect`,
  priorityLowered: (requested: unknown, given: number) =>
    `priority ${requested} is higher than the key allows: the job has priority ${given}`,
  deliveredBefore: (target: string) =>
    `${target} had the report before the job was cancelled. The report stays there, and nothing more is delivered.`,

  // What a job waits for
  cancelling: "what was sent to a delivery target before the cancel",
  backingOff: "backing off after a failed attempt",
  nextAttempt: (dependencies: string, at: null | string) => `${dependencies} (next attempt ${at} at the latest)`,

  // State
  callbacksUnreadable: "callbacks cannot be read or written",
  callbackRefused: "The receiver did not accept the callback. The operator of the service can see the reason.",
  emptyService:
    "there is no data yet: the catalogue is empty and no other source is set; import an export (docs/data.md), or set AGENTLINK_SOURCE_URL or AGENTLINK_DOMAIN_KEY",
  allFailed: "all failed jobs",

  // The log
  notAudited: (reason: string) => `not in the audit list: ${reason}`,
  eventsUnreadable: "events cannot be read at the moment",
  dropboxLinked: "a Dropbox account was linked",
  dropboxUnlinked: "a Dropbox account was unlinked",
  keyCreated: "a key was created",
  quotaChanged: "the quota of a key was changed",
  keyRevoked: "a key was revoked",
  requestFailed: "a request failed outside its route",

  // Defects
  localityNotFound: (suburb: string, state: string) => `${suburb} ${state} was resolved but not found`,
  noJob: "the queue returned no job for a request that it accepted",

  // The socket
  addressTaken: (host: string, port: number) =>
    `${host}:${port} is used by another program. Stop it, or set AGENTLINK_PORT.`,
  cannotListen: (host: string, port: number, reason: string) => `cannot listen on ${host}:${port}: ${reason}`,
  socketCount: (count: string) =>
    `systemd passed ${count} sockets, but agentlink uses only one: configure one ListenStream`,
  badSocket: (reason: string) => `the socket that systemd passed cannot be used: ${reason}`,
  notTcp: "it is not a TCP socket",
} as const;
