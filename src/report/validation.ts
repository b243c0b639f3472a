import type { TSchema } from "@sinclair/typebox";
import { TypeCompiler } from "@sinclair/typebox/compiler";
import { asFailure, Failure } from "../failure.ts";
import { DataSet } from "./data-set.ts";
import { isCalendarDay } from "./figures/days.ts";
import { suburbKey } from "./gazetteer/key.ts";
import { readForm } from "./input/form.ts";
import { explain, knownFields, type SchemaViolation, unknownFields } from "./input/schema.ts";
import { completeLocality } from "./localities/given-locality.ts";
import { chooseTown, resolveTown } from "./localities/namesakes.ts";
import { parseState, readLocality } from "./localities/suburbs.ts";
import { messages } from "./messages.ts";
import {
  createPicturePreparation,
  namingOwner,
  type PreparedPictures,
  withPreparedPictures,
} from "./pictures/pictures.ts";
import { type LocatedRequest, ReportRequest } from "./request/request.ts";

export { type SchemaViolation, unknownFields } from "./input/schema.ts";

const MAX_PROBLEMS = 20;
const MAX_METADATA_BYTES = 16_384;

/**
 * Parses any value as a data set, by the rules of {@link readForm}.
 * @throws Failure "invalid_data_set" (permanent) with `details.problems`, at most 20 of {path, message}.
 */
export function parseDataSet(value: unknown): DataSet {
  const { dataSet, problems } = withPreparedPictures(readDataSet(value), "");
  if (problems.length > 0) throw invalid("invalid_data_set", messages.invalidDataSet, problems);
  return dataSet;
}

/** The same, with its pictures as they came. */
export function readDataSet(value: unknown): DataSet {
  const parsed = check(dataSetChecker(), DataSet, value);
  const problems = parsed.problems ?? dataSetProblems(parsed.value, "");
  if (problems.length > 0) throw invalid("invalid_data_set", messages.invalidDataSet, problems);
  return knownFields(DataSet, parsed.value) as DataSet;
}

/**
 * Parses a request's body by the rules of {@link readForm}. `warnings` names the unknown fields, which are dropped. `pictures`:
 * those of it that are prepared already.
 * @throws Failure "invalid_request" (permanent) with `details.problems`, at most 20 of {path, message}.
 */
export function parseRequest(
  value: unknown,
  pictures?: PreparedPictures,
): {
  readonly request: LocatedRequest;
  readonly warnings: readonly string[];
} {
  const parsed = check(requestChecker(), ReportRequest, value);
  if (parsed.problems !== null) throw invalid("invalid_request", messages.invalidRequest, parsed.problems);
  const warnings = unknownFields(ReportRequest, value).map((path) => messages.unknownField(path));
  const known = (warnings.length === 0 ? parsed.value : knownFields(ReportRequest, parsed.value)) as ReportRequest;
  const contradicting = contradictions(known);
  const locality = completeLocality({ ...known, postcode: known.postcode ?? known.post_code });
  if ("problem" in locality)
    throw invalid("invalid_request", messages.invalidRequest, [...contradicting, locality.problem]);
  const { suburb, state, postcode } = locality;
  // A postcode alone may stand for several suburbs.
  if (/^\d+$/.test(known.suburb)) warnings.push(messages.suburbReadAs(known.suburb, suburb, state, postcode));
  const whole = { ...known, suburb, state, ...(postcode === null ? {} : { postcode }) };
  const problems = [...contradicting, ...requestProblems(whole)].slice(0, MAX_PROBLEMS);
  if (problems.length > 0) throw invalid("invalid_request", messages.invalidRequest, problems);
  const { request: placed, namesakes } = withOtherSuburbs(whole);
  return { request: drawable(withOnePostcode(placed), pictures), warnings: [...warnings, ...namesakes] };
}

/**
 * The request with its other suburbs as the gazetteer spells them, and a warning for each name that several towns have.
 * @throws Failure "invalid_request" for one that is not there.
 */
function withOtherSuburbs(request: LocatedRequest): {
  readonly request: LocatedRequest;
  readonly namesakes: readonly string[];
} {
  const { other_suburbs, state: ofReport } = request;
  if (other_suburbs === undefined) return { request, namesakes: [] };
  const problems: SchemaViolation[] = [];
  const namesakes: string[] = [];
  const localities = other_suburbs.flatMap((text, index) => {
    const state = readLocality(text).state === null ? ofReport : null;
    try {
      const { locality, warning } = chooseTown(resolveTown({ suburb: text, state }), () => false);
      if (warning !== null) namesakes.push(`other_suburbs: ${warning}`);
      return [`${locality.suburb} ${locality.state} ${locality.postcode}`];
    } catch (error) {
      problems.push({ path: `/other_suburbs/${index}`, message: `cannot be used: ${asFailure(error).message}` });
      return [];
    }
  });
  if (problems.length > 0) throw invalid("invalid_request", messages.invalidRequest, problems);
  return { request: { ...request, other_suburbs: [...new Set(localities)] }, namesakes };
}

/** The old call's name of the postcode is ours from here on. */
function withOnePostcode({ post_code: _, ...request }: LocatedRequest): LocatedRequest {
  return request;
}

const BOUNDS = [
  ["min_bedrooms", "max_bedrooms"],
  ["min_bathrooms", "max_bathrooms"],
  ["min_carspaces", "max_carspaces"],
  ["min_land_area", "max_land_area"],
] as const satisfies readonly (readonly [keyof ReportRequest, keyof ReportRequest])[];

function contradictions(request: ReportRequest): readonly SchemaViolation[] {
  const { postcode, post_code } = request;
  const crossed = BOUNDS.flatMap(([min, max]) => {
    const [from, to] = [request[min], request[max]];
    if (from === undefined || to === undefined || from <= to) return [];
    return [{ path: `/${max}`, message: messages.order(min, from, to) }];
  });
  if (post_code === undefined || postcode === undefined || post_code === postcode) return crossed;
  const message = messages.twoPostcodes(post_code, postcode);
  return [...crossed, { path: "/post_code", message }];
}

/** The request with its pictures as they are stored and drawn. @throws Failure "invalid_request" for those that cannot be. */
function drawable(request: LocatedRequest, pictures: PreparedPictures | undefined): LocatedRequest {
  const { branding, data } = request;
  const prepare = createPicturePreparation(pictures);
  const problems: SchemaViolation[] = [];
  let prepared = request;
  if (branding?.logo) {
    const logo = prepare(branding.logo, "logo");
    if ("problem" in logo) problems.push({ path: "/branding/logo", message: logo.problem });
    else prepared = { ...prepared, branding: { ...branding, logo: logo.picture } };
  }
  if (data) {
    const { dataSet, problems: undrawable } = withPreparedPictures(data, "/data", prepare);
    problems.push(...undrawable);
    if (dataSet !== data) prepared = { ...prepared, data: dataSet };
  }
  if (problems.length > 0) throw invalid("invalid_request", messages.invalidRequest, problems);
  return prepared;
}

interface Checker {
  Check(value: unknown): boolean;
  Errors(value: unknown): Iterable<Parameters<typeof explain>[0]>;
}

let dataSetCheck: Checker | undefined;
let requestCheck: Checker | undefined;

/** Compiled when first needed: a command that checks nothing does not wait for it. */
function dataSetChecker(): Checker {
  dataSetCheck ??= TypeCompiler.Compile(DataSet);
  return dataSetCheck;
}

function requestChecker(): Checker {
  requestCheck ??= TypeCompiler.Compile(ReportRequest);
  return requestCheck;
}

function check(
  checker: Checker,
  schema: TSchema,
  given: unknown,
): { readonly value: unknown; readonly problems: readonly SchemaViolation[] | null } {
  const value = readForm(schema, given);
  if (checker.Check(value)) return { value, problems: null };
  const problems: SchemaViolation[] = [];
  const seen = new Set<string>();
  for (const error of checker.Errors(value)) {
    const problem = explain(error);
    if (seen.has(problem.path)) continue;
    seen.add(problem.path);
    problems.push(namingOwner(problem, value));
    if (problems.length === MAX_PROBLEMS) break;
  }
  return { value, problems };
}

function invalid(code: string, what: string, problems: readonly SchemaViolation[]): Failure {
  const [first] = problems;
  const more = problems.length > 1 ? `, and ${problems.length - 1} more` : "";
  return new Failure(code, `${what}: ${first?.path || "it"} ${first?.message}${more}`, {
    details: { problems: problems.slice(0, MAX_PROBLEMS) },
  });
}

function requestProblems(request: LocatedRequest): readonly SchemaViolation[] {
  const problems: SchemaViolation[] = [];
  if (request.metadata && Buffer.byteLength(JSON.stringify(request.metadata)) > MAX_METADATA_BYTES)
    problems.push({ path: "/metadata", message: messages.metadataTooLarge });
  problems.push(...subjectProblems(request.subject));
  const { data } = request;
  if (!data) return problems;
  if (data.suburb && suburbKey(data.suburb.name) !== suburbKey(request.suburb))
    problems.push({ path: "/data/suburb/name", message: messages.sameSuburb(request.suburb) });
  if (data.suburb && parseState(request.state) !== null && data.suburb.state !== parseState(request.state))
    problems.push({ path: "/data/suburb/state", message: messages.sameState(request.state) });
  problems.push(...dataSetProblems(data, "/data"));
  return problems;
}

/** Half a pair of coordinates is no position, and a radius needs one. */
function subjectProblems(subject: ReportRequest["subject"]): readonly SchemaViolation[] {
  if (subject === undefined) return [];
  const { lat, lon, radius_km } = subject;
  if (lat !== undefined && lon === undefined) return [{ path: "/subject/lon", message: messages.latWithoutLon }];
  if (lon !== undefined && lat === undefined) return [{ path: "/subject/lat", message: messages.lonWithoutLat }];
  if (radius_km !== undefined && lat === undefined)
    return [{ path: "/subject/radius_km", message: messages.needsCoordinates }];
  return [];
}

/** What a schema cannot check: ids once each, days that exist. */
function dataSetProblems(value: unknown, path: string): readonly SchemaViolation[] {
  const dataSet = value as DataSet;
  const problems: SchemaViolation[] = [];
  const addProblem = (where: string, message: string) => {
    if (problems.length < MAX_PROBLEMS) problems.push({ path: path + where, message });
  };
  const checkDay = (day: string | null | undefined, where: string) => {
    // Only the 29th and later can be missing from a month.
    if (day && day.charCodeAt(8) >= 50 && !isCalendarDay(day)) addProblem(where, messages.noSuchDay(day));
  };

  for (const kind of ["sources", "agencies", "agents", "sales", "listings", "rentals", "partners"] as const) {
    const seen = new Set<string>();
    for (const [index, { id }] of (dataSet[kind] ?? []).entries()) {
      if (id === undefined) continue;
      if (seen.has(id)) addProblem(`/${kind}/${index}/id`, messages.idTwice(id, kind));
      seen.add(id);
    }
  }
  checkDay(dataSet.as_of, "/as_of");
  checkDay(dataSet.period?.from, "/period/from");
  checkDay(dataSet.period?.to, "/period/to");
  if (dataSet.period && dataSet.period.from > dataSet.period.to) addProblem("/period/to", messages.periodOrder);
  for (const [index, { series }] of (dataSet.market ?? []).entries())
    for (const [at, point] of series.entries()) checkDay(point.period_end, `/market/${index}/series/${at}/period_end`);
  for (const [index, sale] of (dataSet.sales ?? []).entries()) {
    checkDay(sale.listed_date, `/sales/${index}/listed_date`);
    checkDay(sale.sold_date, `/sales/${index}/sold_date`);
  }
  for (const [index, listing] of (dataSet.listings ?? []).entries())
    checkDay(listing.listed_date, `/listings/${index}/listed_date`);
  for (const [index, rental] of (dataSet.rentals ?? []).entries()) {
    checkDay(rental.listed_date, `/rentals/${index}/listed_date`);
    checkDay(rental.leased_date, `/rentals/${index}/leased_date`);
  }
  for (const [index, { from, to }] of (dataSet.partners ?? []).entries()) {
    checkDay(from, `/partners/${index}/from`);
    checkDay(to, `/partners/${index}/to`);
  }
  return problems;
}

/** What a schema states about one value; the checker is compiled once, for many values. */
export function createRowCheck(
  schema: TSchema,
): (value: unknown) => { readonly value: unknown } | { readonly problems: readonly SchemaViolation[] } {
  const checker = TypeCompiler.Compile(schema);
  return (value) => {
    const parsed = check(checker, schema, value);
    return parsed.problems ? { problems: parsed.problems } : { value: parsed.value };
  };
}
