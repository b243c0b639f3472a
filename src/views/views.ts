/*
 * What callers see of a job, and what is withheld from them: the same in responses, events and callbacks.
 * Each view is beside its schema, and the compiler checks that they agree.
 * Not here: how a view is sent, and anything that reads a store.
 */

import { sep } from "node:path";
import type { JobError } from "../queue/job.ts";
import { messages } from "./messages.ts";
import type { StatusContract } from "./status-word.ts";

/**
 * Who reads, and where the service is for them. Everything that is withheld from some is withheld by a function of this
 * file; whom from, `seesSurroundings` of src/access decides.
 */
export interface Audience {
  /** The service's address, before its paths. */
  readonly origin: string;
  /** Whether everything may be shown, or what concerns the operator's systems is left out: for clients, and for viewers. */
  readonly admin: boolean;
  /** Folders of this machine that only admins see. */
  readonly folders: readonly string[];
  /** Whose words a status has; "v2" when left out. */
  readonly statusContract?: StatusContract;
}

/**
 * Failures whose words are made from the request and its data alone. All others may name folders, hosts, buckets or
 * accounts of the operator, or repeat what a service of the operator's responded.
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

/** Why a job failed, in the words that this caller may read: an admin all of it. */
export function disclosedError(error: JobError | null, admin: boolean): JobError | null {
  if (error === null || admin || OF_THE_REQUEST.has(error.code)) return error;
  return { code: error.code, message: messages.failedElsewhere };
}

/** Where a report was put: to a client without the folder of this machine that it is below. */
export function disclosedPath(to: string | null, admin: boolean, folders: readonly string[]): string | null {
  if (to === null || admin) return to;
  const folder = folders.find((each) => to.startsWith(each.endsWith(sep) ? each : each + sep));
  return folder === undefined ? to : to.slice(folder.length).replace(/^[\\/]+/, "");
}

/** Why something outside the service does not work; to others than an admin only that it does not. */
export function disclosedReason(
  reason: string | null,
  admin: boolean,
  instead: string = messages.onlyAdmins,
): string | null {
  return reason === null || admin ? reason : instead;
}

/** What all who see targets may know of one that does not work, in the words of `/readyz`. */
export function targetProblem(target: string): string {
  return messages.undeliverable(target);
}

/**
 * Who reads of one job: a reader of all jobs does not see where the callbacks of another client's job go, or what came
 * back.
 */
export interface JobReader {
  readonly admin: boolean;
  readonly client: string;
}

/**
 * Whether a reader may know where a job's callbacks go and what the receiver responded: an admin, or the client whose
 * request named the address.
 */
export function readsCallbacks(
  { admin, client }: JobReader,
  job: { readonly client: string },
  request: Readonly<Record<string, unknown>>,
): boolean {
  return admin || (client === job.client && typeof request.callback_url === "string");
}

/** A request as it was accepted; without the callback's address for readers who may not know it. */
export function disclosedRequest<R extends Readonly<Record<string, unknown>>>(
  { admin, client }: JobReader,
  job: { readonly client: string },
  request: R,
): R | Omit<R, "callback_url"> {
  if (admin || client === job.client) return request;
  const { callback_url: _, ...rest } = request;
  return rest;
}

const PATH = /(^|[\s("'`=])(?:[A-Za-z]:[\\/]|~?\/|\\\\)[^\s"'`)]*/g;
const ADDRESS = /\b[a-z][a-z0-9+.-]*:\/\/[^\s"'`)]*/gi;
/** A name with a dot or a port, or a number: `db.internal`, `redis:6379`, `10.1.2.3`, `[fd00::1]:80`, `fd00::1`. */
const HOST =
  /\[[0-9a-f:.%]+\](?::\d+)?|\b(?:[\w-]+\.)+[\w-]+(?::\d+)?|\b[\w-]+:\d{2,5}\b|(?<![\w:])(?:[0-9a-f]{0,4}:){2,}[0-9a-f.]*/gi;

/** The public part of a text about the service's environment: what is wrong, and not where. */
export function withoutFolders(text: string, folders: readonly string[]): string {
  const hidden = folders.reduce((found, folder) => found.replaceAll(folder, "…"), text);
  const [what = ""] = hidden.split(/: /, 1);
  return what.replace(ADDRESS, "…").replace(PATH, "$1…").replace(HOST, "…");
}
