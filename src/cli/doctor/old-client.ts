import { existsSync } from "node:fs";
import { join } from "node:path";
import { asFailure, Failure } from "../../failure.ts";
import type { DataSet } from "../../report/data-set.ts";
import { planDocuments } from "../../report/documents.ts";
import { chooseTown, resolveTown } from "../../report/localities/namesakes.ts";
import type { Locality } from "../../report/localities/suburbs.ts";
import { reportOptions } from "../../report/options.ts";
import { withPictures } from "../../report/pictures/picture.ts";
import { besideOf } from "../../report/request/beside.ts";
import type { ReportRequest } from "../../report/request/request.ts";
import { describeRequested } from "../../report/request/requested.ts";
import { select } from "../../report/selection/selection.ts";
import { type Catalogue, openCatalogue } from "../../report/sources/catalogue.ts";
import { gatherDataSet } from "../../report/sources/gather.ts";
import { parseRequest, type SchemaViolation } from "../../report/validation.ts";
import { plural } from "../../report/wording.ts";
import { readJson } from "../read-json.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";
import { messages } from "./messages.ts";

/**
 * What the requests of a file, as the clients of the old service send them, would give here: one, a list of them, or a
 * batch. Nothing is sent and no job is made; of the data it is the catalogue that is examined.
 * @throws Failure "usage" where the file cannot be read.
 */
export async function* checkOldClient(file: string, dataDir: string): AsyncGenerator<Finding> {
  const value = await readJson(file, "a request");
  const reports = typeof value === "object" && value !== null && "reports" in value ? value.reports : value;
  const requests: readonly unknown[] = Array.isArray(reports) ? reports : [reports];
  const path = join(dataDir, "catalogue.db");
  const catalogue = existsSync(path) ? openCatalogue({ path }) : null;
  try {
    for (const [index, request] of requests.entries())
      yield* checkRequest(request, requests.length === 1 ? "request" : `request ${index + 1}`, catalogue);
  } finally {
    catalogue?.close();
  }
}

async function* checkRequest(value: unknown, what: string, catalogue: Catalogue | null): AsyncGenerator<Finding> {
  try {
    const { request, warnings } = await withPictures(() => parseRequest(value));
    const town = resolveTown(request, request.data?.suburb?.postcode ?? null);
    const { locality, warning } = chooseTown(town, catalogue?.hasData ?? (() => false));
    const { suburb, state, postcode } = locality;
    const requestedText = describeRequested({ ...request }, locality);
    yield ok(what, `accepted: ${suburb} ${state} ${postcode}${requestedText === "" ? "" : `, ${requestedText}`}`);
    yield ok("documents", planDocuments(request).join(", "));
    for (const each of warning === null ? warnings : [...warnings, warning])
      yield warn("warning", each, messages.acceptedWithWarning);
    const { data } = request;
    const gathered = data
      ? JSON.stringify(data)
      : catalogue && (await gatherDataSet([catalogue], locality, besideOf(request)));
    yield gathered === null
      ? warn("data", messages.catalogueLacks(suburb), messages.importOrConnect)
      : countIn(JSON.parse(gathered) as DataSet, request, { suburb, state, postcode });
  } catch (error) {
    const { code, message, options } = asFailure(error);
    if (!(error instanceof Failure)) throw error;
    const problems = (options.details?.problems ?? []) as readonly SchemaViolation[];
    const found = problems.length === 0 ? message : problems.map((each) => `${each.path} ${each.message}`).join("; ");
    yield fail(what, `refused with 422 (${code}): ${found}`, messages.changeRequest);
  }
}

function countIn(
  dataSet: DataSet,
  request: ReportRequest,
  locality: Pick<Locality, "suburb" | "state" | "postcode">,
): Finding {
  const today = new Date().toISOString().slice(0, 10);
  const { scope, selection } = select(
    dataSet,
    reportOptions(request, { ...locality, printEmails: false, date: today }),
  );
  if (selection?.nothing === true)
    return warn("data", `no record matches: ${selection.summary}`, messages.nothingFoundPage);
  const counted = `${plural(scope.sold.length, "sale")} in 12 months, ${plural(scope.listings.length, "current listing")}`;
  const left = selection?.summary.split("; ").slice(1).join("; ") ?? "";
  return ok("data", left === "" ? counted : `${counted}; ${left}`);
}
