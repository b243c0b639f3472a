// What each stage of a job does: gather its data set, render its documents, deliver them.

import type { DeliveryTarget } from "../delivery/delivery.ts";
import { documentName } from "../delivery/path.ts";
import { Failure } from "../failure.ts";
import type { DocumentFile } from "../queue/job.ts";
import type { Queue } from "../queue/queue.ts";
import type { Renderer } from "../render/threads/renderer.ts";
import type { Decision, State } from "../report/data-set.ts";
import { type DocumentKind, type DocumentPlan, makingOrder } from "../report/documents.ts";
import type { Patterns } from "../report/names.ts";
import { besideOf } from "../report/request/beside.ts";
import type { AddressedPictures } from "../report/sources/addressed-pictures.ts";
import { withBusiness } from "../report/sources/business.ts";
import type { Catalogue } from "../report/sources/catalogue.ts";
import { gatherDataSet, withDecisions } from "../report/sources/gather.ts";
import type { PartnersSource } from "../report/sources/partners.ts";
import type { DataSetSource, ReportLocality } from "../report/sources/source.ts";
import type { Reports } from "../storage/reports/reports.ts";
import type { ProgressShare } from "./attempt.ts";
import { messages } from "./messages.ts";
import { isIntact, planOf, type RenderSettings, readRequest, renderTask } from "./render-again.ts";
import type { PlannedDocument, Stages } from "./stage.ts";
import type { TargetSlots } from "./target-slots.ts";
import { deliverToAll } from "./targets.ts";

export interface StageDependencies extends RenderSettings {
  /** What documents are called. */
  readonly fileNames: Patterns;
  readonly queue: Queue;
  /** In the order in which they are queried. */
  readonly sources: readonly DataSetSource[];
  /** What the operator states about the business, for data from elsewhere; and where partners come from, if set. */
  readonly business: Catalogue["business"];
  readonly partners: PartnersSource | null;
  readonly pictures: AddressedPictures;
  /** People's decisions on which people and sales are one: added to each data set. */
  readonly decisions: () => readonly Decision[];
  readonly renderer: Pick<Renderer, "render">;
  readonly reports: Reports;
  /** The targets that reports go to now. */
  readonly deliveries: () => readonly DeliveryTarget[];
  readonly slots: TargetSlots;
}

/** The stages over the service's parts. A job runs through them in order; the pipeline decides when. */
export function createStages(dependencies: StageDependencies): Stages {
  const { fileNames, queue, sources, partners, pictures, renderer, reports, deliveries, slots } = dependencies;

  /** With what other sources have about it. */
  async function completed(dataSet: string, locality: ReportLocality): Promise<string> {
    const whole = partners === null ? dataSet : await partners.withPartners(dataSet, locality);
    return pictures.fetchInto(whole);
  }

  return {
    plan: ({ job }) => plannedOf(planOf(job, dependencies)),

    async gather({ job }) {
      const request = readRequest(job);
      const { report, edition = dependencies.edition, region = null, area = null } = request;
      const locality = { suburb: job.suburb, state: job.state as State, postcode: job.postcode, region, area };
      // The data of the request is completed, and no other source is used.
      const own = await queue.dataSet(job.id);
      if (own !== null) return completed(new TextDecoder().decode(own), locality);
      const of = report === "agency" ? "rentals" : "sales";
      const dataSet = await gatherDataSet(sources, locality, besideOf(request), of);
      if (dataSet !== null) {
        const whole = withBusiness(withDecisions(dataSet, dependencies.decisions()), dependencies.business(locality));
        return completed(whole, locality);
      }
      // The old service responded with a page that states it.
      if (edition === "brief" || dependencies.statusContract === "v1")
        return withBusiness(
          JSON.stringify({ suburb: { name: job.suburb, state: job.state } }),
          dependencies.business(locality),
        );
      const name = [job.suburb, job.state, job.postcode].filter((part) => part !== null).join(" ");
      throw new Failure("no_data", messages.noData(name));
    },

    async render({ job }, { kind, dataSet, documents }, step) {
      if (kind === "complete") await haveAll(reports, documents);
      const output = await reports.draft(job, kind);
      const task = renderTask(job, { kind, dataSet, documents }, output, { ...dependencies, root: reports.root });
      const { signal, progress: onProgress } = step;
      const rendered = await renderer.render(task, { isolated: job.isolated, signal, onProgress });
      return {
        ...rendered,
        kind,
        path: await reports.store(job, output, rendered.sha256, kind),
        filename: documentName(job, kind, fileNames, dependencies.reportDateZone),
      };
    },

    deliver: (claim, documents, step) =>
      deliverToAll(queue, deliveries(), claim, documents, {
        ...{ ...step, slots, completes: true },
        ready: (left) => haveAll(reports, left),
      }),
  };
}

/** The part of the whole job that each kind's making is. */
const SHARES: Readonly<Partial<Record<DocumentKind, ProgressShare>>> = {
  commission: [0.45, 0.6],
  complete: [0.84, 0.85],
};
const MAIN_SHARE: ProgressShare = [0.6, 0.85];

/** What a job is to have, in the order in which it is made. */
function plannedOf(plan: DocumentPlan): readonly PlannedDocument[] {
  const isCompleted = plan.includes("complete");
  return makingOrder(plan).map((kind) => {
    const main = kind === plan[0];
    const [from, to] = SHARES[kind] ?? MAIN_SHARE;
    const share: ProgressShare = main && isCompleted ? [from, SHARES.complete?.[0] ?? to] : [from, to];
    return { kind, main, madeOf: kind === "complete" ? "documents" : "data", share };
  });
}

/** @throws Failure "report_gone" that names those whose PDF is missing, or was changed since it was rendered. */
async function haveAll(reports: Reports, documents: readonly DocumentFile[]): Promise<void> {
  const missing: DocumentFile[] = [];
  for (const document of documents)
    if (!(await reports.fetch(document)) || !(await isIntact(reports.root, document))) missing.push(document);
  if (missing.length === 0) return;
  const paths = missing.map(({ path }) => path).join(", ");
  throw new Failure("report_gone", `${paths}: missing or damaged`, {
    details: { kinds: missing.map(({ kind }) => kind) },
  });
}
