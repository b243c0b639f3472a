/*
 * What those outside see of a job, and what is withheld: the same in responses, events and callbacks.
 * A view and its schema stand together, and the compiler holds one to the other.
 * Not here: how it is sent, and whatever asks a store.
 */

import { sep } from "node:path";
import type { StatusContract } from "./status-word.ts";

/** Who reads: what they may be told, and where the service is for them. */
export interface Audience {
  /** The service's address, before its paths. */
  readonly origin: string;
  /** Whether all may be said, or what is of the operator's surroundings is left out. */
  readonly admin: boolean;
  /** Folders of this machine that nobody but an admin is told of. */
  readonly folders: readonly string[];
  /** Whose words a status has; "v2" when left out. */
  readonly statusContract?: StatusContract;
}

/** A job's error, as it is kept. */
interface JobError {
  readonly code: string;
  readonly message: string;
}

/**
 * Failures whose words are made from the request and its data alone. All others may name folders, hosts, buckets or
 * accounts of the operator, or repeat what a service of the operator's said.
 */
const OF_THE_REQUEST: ReadonlySet<string> = new Set([
  "no_data",
  "bad_data",
  "invalid_data_set",
  "unknown_suburb",
  "unknown_state",
  "postcode_mismatch",
  "cancelled",
  "job_timeout",
  "poisonous",
  "request_unreadable",
  "data_set_gone",
  "not_storable",
  "memory_limit",
  "stopping",
  "lease_lost",
]);

/** Their codes: the words of others are not searched for a client either, which would learn them letter by letter. */
export const CODES_OF_REQUESTS: readonly string[] = [...OF_THE_REQUEST];

/** What a client is told of any other one. */
const ELSEWHERE =
  "The report failed for a reason outside the request; the operator of the service sees the details. The code says which kind of reason.";

/** Why a job failed, in the words that this caller may read: an admin all of it. */
export function disclosedError(error: JobError | null, admin: boolean): JobError | null {
  if (error === null || admin || OF_THE_REQUEST.has(error.code)) return error;
  return { code: error.code, message: ELSEWHERE };
}

/** Where a report was put: to a client without the folder of this machine that it is below. */
export function disclosedPlace(to: string | null, admin: boolean, folders: readonly string[]): string | null {
  if (to === null || admin) return to;
  const folder = folders.find((each) => to.startsWith(each.endsWith(sep) ? each : each + sep));
  return folder === undefined ? to : to.slice(folder.length).replace(/^[\\/]+/, "");
}

/** What of a text about the service's surroundings everybody may read: what is wrong, and not where. */
export function withoutPlaces(text: string, folders: readonly string[]): string {
  const hidden = folders.reduce((found, folder) => found.replaceAll(folder, "…"), text);
  const [what = ""] = hidden.split(/: /, 1);
  return what.replace(/(^|[\s("'`])(?:[A-Za-z]:[\\/]|\/)[^\s"'`)]*/g, "$1…");
}
