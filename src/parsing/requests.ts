import { Failure } from "../failure.ts";
import type { NewJob } from "../queue/job.ts";
import { resolveTown } from "../report/localities/namesakes.ts";
import type { Locality } from "../report/localities/suburbs.ts";
import { hasPictureAddresses, type PreparedPictures } from "../report/pictures/pictures.ts";
import { featuredInData } from "../report/request/featured.ts";
import { agenciesOf, preparedForWarning } from "../report/request/prepared-for.ts";
import { parseRequest } from "../report/validation.ts";
import { parseJson } from "./json.ts";
import { messages } from "./messages.ts";
import { readRequestTable } from "./table.ts";

/** What a body requests, checked: the part of it that the job stores. */
export interface ParsedRequest extends Omit<NewJob, "client" | "idempotency" | "callbackUrl"> {
  /** As requested; whether it may be called is not decided yet. */
  readonly callbackUrl: string | null;
  /** The agency that the report is for, as written; null for none. */
  readonly preparedFor: string | null;
  /** Other towns that have the locality's name in its state, if the request does not specify which it means. */
  readonly namesakes: readonly Locality[];
  /** What was odd about it. */
  readonly warnings: readonly string[];
}

export interface ParsedBatch {
  readonly parsed: readonly ParsedRequest[];
  /** Warnings about the batch itself. */
  readonly warnings: readonly string[];
}

export const MAX_BATCH = 1_000;
/** The problems of so many bad requests of a batch are reported: each costs a search for the nearest suburb. */
const MAX_EXPLAINED = 20;
const DEFAULT_PRIORITY = 5;

/**
 * `pictures`: those that were taken out of the body, by what replaces them.
 * @throws Failure "not_utf8", "json_too_deep", "bad_json", "invalid_request", "unknown_state", "unknown_suburb" or
 *   "postcode_mismatch".
 */
export function readReport(bytes: Uint8Array, pictures?: PreparedPictures): ParsedRequest {
  return toParsed(parseJson(bytes), pictures);
}

/** @throws Failure as for one; "invalid_request" names what is wrong with each bad one, the first 20. */
export function readBatch(bytes: Uint8Array, pictures?: PreparedPictures): ParsedBatch {
  const value = parseJson(bytes);
  const reports = isRecord(value) ? value.reports : undefined;
  if (!isRecord(value) || !Array.isArray(reports) || reports.length === 0 || reports.length > MAX_BATCH) {
    const detail = messages.listOfRequests(MAX_BATCH);
    throw new Failure("invalid_request", `Send {"reports": […]}, ${detail}.`, {
      details: { problems: [{ path: "/reports", message: `must be ${detail}` }] },
    });
  }
  const unknown = Object.keys(value).filter((name) => name !== "reports");
  return {
    parsed: eachOrAll(reports, (report) => toParsed(report, pictures)),
    warnings: unknown.slice(0, MAX_EXPLAINED).map((name) => messages.unknownField(name.slice(0, 100))),
  };
}

/** The same of a table: a row is a request. @throws Failure as readBatch and readRequestTable. */
export function readTable(bytes: Uint8Array): ParsedBatch {
  const { rows, unknown } = readRequestTable(bytes, MAX_BATCH);
  if (rows.length === 0 || rows.length > MAX_BATCH) {
    const detail = messages.tableOfRequests(MAX_BATCH);
    throw new Failure("invalid_request", messages.headerRow(detail), {
      details: { problems: [{ path: "", message: `must be ${detail}` }] },
    });
  }
  return {
    parsed: eachOrAll(rows, (row) => toParsed(row)),
    warnings: unknown.slice(0, MAX_EXPLAINED).map((name) => messages.unknownColumn(name.slice(0, 100))),
  };
}

/** The result of each item, or one failure that names what is wrong with the first 20 bad ones. */
export function eachOrAll<T, R>(items: readonly T[], work: (item: T, index: number) => R): readonly R[] {
  const done: R[] = [];
  const problems: Record<string, unknown>[] = [];
  for (const [index, item] of items.entries()) {
    try {
      done.push(work(item, index));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      problems.push({ index, code: error.code, message: error.message, ...error.options.details });
      if (problems.length === MAX_EXPLAINED) break;
    }
  }
  if (problems.length === 0) return done;
  const many = problems.length === MAX_EXPLAINED ? `${MAX_EXPLAINED} or more` : String(problems.length);
  throw new Failure("invalid_request", messages.invalidRequests(many, items.length), {
    details: { problems },
  });
}

function toParsed(body: unknown, pictures?: PreparedPictures): ParsedRequest {
  const { request, warnings } = parseRequest(body, pictures);
  const { data, ...rest } = request;
  const town = resolveTown(request, data?.suburb?.postcode ?? null);
  const { suburb, state, postcode } = town.locality;
  const locality = [suburb, state, postcode].filter((part) => part !== null).join(" ");
  const dataSet = data === undefined ? null : JSON.stringify(data);
  const unknown = data === undefined ? null : preparedForWarning(request.prepared_for, locality, agenciesOf(data));
  return {
    priority: request.priority ?? DEFAULT_PRIORITY,
    suburb,
    state,
    postcode,
    request: JSON.stringify(rest),
    dataSet,
    gathers: dataSet !== null && hasPictureAddresses(dataSet),
    draft: request.draft ?? false,
    callbackUrl: request.callback_url ?? null,
    preparedFor: request.prepared_for ?? null,
    namesakes: town.namesakes,
    warnings: [
      ...warnings,
      ...(unknown === null ? [] : [unknown]),
      ...(data === undefined ? [] : featuredInData(request, data, locality)),
    ],
  };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
