import { Type as t } from "@sinclair/typebox";
import type { Caller } from "../../access/caller.ts";
import { Failure } from "../../failure.ts";
import type { Turns } from "../../host/scheduling/turns.ts";
import type { ParsedRequest } from "../../parsing/requests.ts";
import type { Idempotency, NewJob, Submitted } from "../../queue/job.ts";
import { requestOf } from "../../queue/request.ts";
import type { State } from "../../report/data-set.ts";
import { chooseTown, type Town } from "../../report/localities/namesakes.ts";
import { findSuburb } from "../../report/localities/suburbs.ts";
import { allBeside, besideOf, localitiesBeside } from "../../report/request/beside.ts";
import { featuredWarnings } from "../../report/request/featured.ts";
import { preparedForWarning } from "../../report/request/prepared-for.ts";
import type { ReportRequest } from "../../report/request/request.ts";
import { withBusiness } from "../../report/sources/business.ts";
import type { Catalogue } from "../../report/sources/catalogue.ts";
import type { ReportLocality } from "../../report/sources/source.ts";
import { JobView, statusPath } from "../../views/job-view.ts";
import type { Viewed } from "../../views/nullable.ts";
import { statusOf } from "../../views/status-word.ts";
import { errors } from "../errors.ts";
import type { CallbackRouteDependencies, HttpDependencies } from "../http.ts";
import { messages } from "../messages.ts";

const Core = t.Object({
  job_id: t.String(),
  status: JobView.properties.status,
  stage: JobView.properties.stage,
  status_url: t.String({ description: "Poll this address until status is completed, failed or cancelled" }),
  warnings: t.Array(t.String(), {
    description: "Warnings about the request: unknown fields, an agency that is not in the data",
  }),
});

/** The response to an accepted request; with `Prefer: wait` and a job that ended in time, everything about the job. */
export const Accepted = t.Composite([Core, t.Partial(t.Omit(JobView, ["job_id", "status", "stage", "status_url"]))], {
  description: "An accepted request. The fields after warnings are present if the job ended within Prefer: wait",
});

/** What the warnings about a request are made from, beside itself. */
export interface Advisors {
  readonly catalogue: Pick<Catalogue, "agencies" | "agents" | "hasData" | "business">;
  readonly hasOtherSource?: boolean;
  /** Some source takes Domain's regions and areas. */
  readonly takesRegions?: boolean;
}

/**
 * The same, of the town that is meant among those of its name, and with warnings of what is odd about the request, as far
 * as that is known at once.
 */
export function advised(given: ParsedRequest, advisors: Advisors): ParsedRequest {
  const parsed = withOwnBusiness(given, advisors);
  const request = requestOf(parsed.request) as Partial<ReportRequest>;
  const { locality, warning } = chooseTown(townOf(parsed), advisors.catalogue.hasData);
  const { suburb, state, postcode } = locality;
  const warnings = [
    ...(warning === null ? [] : [warning]),
    ...dataWarnings({ ...parsed, suburb, state, postcode }, advisors),
    ...regionWarnings(request, advisors),
    ...peopleWarnings({ ...parsed, suburb, state, postcode }, request, advisors),
  ];
  if (warnings.length === 0) return parsed;
  return { ...parsed, suburb, state, postcode, warnings: [...parsed.warnings, ...warnings] };
}

/** Who sends data has the operator's partners, rates and kinds of areas with it, unless the data has its own. */
function withOwnBusiness(parsed: ParsedRequest, { catalogue }: Advisors): ParsedRequest {
  if (parsed.dataSet === null) return parsed;
  const { suburb, state, postcode } = parsed;
  const business = catalogue.business({ suburb, state: state as State, postcode });
  return { ...parsed, dataSet: withBusiness(parsed.dataSet, business) };
}

function townOf({ suburb, state, postcode, namesakes }: ParsedRequest): Town {
  const locality = findSuburb({ suburb, state, postcode });
  if (locality === null) throw new Error(messages.localityNotFound(suburb, state));
  return { locality, namesakes };
}

/**
 * A report that is not there needs no locality: where no source knows the locality, the response to the request reports
 * it.
 */
function dataWarnings(
  { suburb, state, postcode, dataSet }: ParsedRequest,
  { catalogue, hasOtherSource = false }: Advisors,
): readonly string[] {
  const locality = findSuburb({ suburb, state, postcode });
  if (dataSet !== null || hasOtherSource || locality === null || catalogue.hasData(locality)) return [];
  return [messages.noDataYet(locality.suburb, locality.state, locality.postcode)];
}

function regionWarnings(request: Partial<ReportRequest>, { takesRegions = false }: Advisors): readonly string[] {
  if (takesRegions) return [];
  return (["region", "area"] as const).flatMap((field) =>
    request[field] === undefined ? [] : [messages.domainOnly(field, request[field])],
  );
}

/** Of agents and agencies that the data does not know. What another source knows is not known yet. */
function peopleWarnings(
  { preparedFor, suburb, state, postcode, dataSet }: ParsedRequest,
  request: Partial<ReportRequest>,
  { catalogue, hasOtherSource = false }: Advisors,
): readonly string[] {
  const { featured_agent_id: agent, featured_agency_id: agency, compare } = request;
  if (dataSet !== null || hasOtherSource) return [];
  if (preparedFor === null && agent === undefined && agency === undefined && compare === undefined) return [];
  const own = { suburb, state: state as State, postcode };
  const locality = [suburb, state, postcode].filter((part) => part !== null).join(" ");
  const localities: readonly ReportLocality[] = [own, ...allBeside(localitiesBeside(own, besideOf(request)))];
  const known = localities.flatMap((each) => catalogue.agencies(each) ?? []);
  if (known.length === 0 && catalogue.agencies(own) === null) return [];
  const warning = preparedForWarning(preparedFor, locality, known);
  const agents =
    agent === undefined && compare === undefined ? null : localities.flatMap((each) => catalogue.agents(each));
  return [...(warning === null ? [] : [warning]), ...featuredWarnings({ request, agents, agencies: known }, locality)];
}

/** CheckedFile at in one turn; a batch is as long as a thousand requests. */
const ADVISED_A_TURN = 10;

/** The same for many: each suburb is looked up once, and between some of them the others have their turn. */
export async function advisedEach(
  parsed: readonly ParsedRequest[],
  advisors: Advisors,
  turns: Turns,
): Promise<readonly ParsedRequest[]> {
  const { catalogue } = advisors;
  const remembering: Advisors = {
    ...advisors,
    catalogue: {
      hasData: remembered(catalogue.hasData, ({ suburb, state, postcode }) => `${suburb} ${state} ${postcode}`),
      agencies: remembered(catalogue.agencies, JSON.stringify),
      agents: remembered(catalogue.agents, JSON.stringify),
      business: catalogue.business,
    },
  };
  const done: ParsedRequest[] = [];
  for (const [at, each] of parsed.entries()) {
    if (at % ADVISED_A_TURN === 0) await turns.next();
    done.push(advised(each, remembering));
  }
  return done;
}

function remembered<A, B>(of: (parsed: A) => B, nameOf: (parsed: A) => string): (parsed: A) => B {
  const known = new Map<string, { readonly found: B }>();
  return (parsed) => {
    const name = nameOf(parsed);
    const { found } = known.get(name) ?? { found: of(parsed) };
    known.set(name, { found });
    return found;
  };
}

/**
 * What was requested as a job of this caller.
 * @throws Failure "invalid_request" for an address that may not be called back.
 */
export function toNewJob(
  { callbackUrl: requested, preparedFor: _, namesakes: __, ...parsed }: ParsedRequest,
  caller: Caller,
  idempotency: Idempotency | null,
  { callbacks, hasPartnerSource = false }: Pick<HttpDependencies, "callbacks" | "hasPartnerSource">,
): NewJob {
  const gathers = parsed.dataSet !== null && (hasPartnerSource || parsed.gathers === true);
  return { ...parsed, gathers, client: caller.client, idempotency, callbackUrl: callbackUrl(requested, callbacks) };
}

/** With no higher priority than the caller's key may have, and a warning where it requested more. */
export function withinPriority(parsed: ParsedRequest, { maxPriority }: Pick<Caller, "maxPriority">): ParsedRequest {
  if (parsed.priority <= maxPriority) return parsed;
  const { priority } = requestOf(parsed.request);
  const warning = messages.priorityLowered(priority, maxPriority);
  const warnings = priority === undefined ? parsed.warnings : [...parsed.warnings, warning];
  return { ...parsed, priority: maxPriority, warnings };
}

function callbackUrl(requested: string | null, callbacks: CallbackRouteDependencies): string | null {
  try {
    return callbacks.addressFor(requested);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== "address_refused") throw error;
    throw errors.callbackUrl(error.message);
  }
}

/** What the response reports about an accepted job. */
export function acceptedView({ job }: Submitted, origin: string, warnings: readonly string[]) {
  return {
    job_id: job.id,
    status: statusOf(job, null).status,
    stage: job.status === "running" ? job.stage : job.status,
    status_url: origin + statusPath(job),
    warnings,
  } satisfies Viewed<typeof Accepted>;
}
