/*
 * The API: the router that joins the routes, and what routes share: admission, audit, filters of jobs, long polls.
 * routes/ has the routes, events/ the streams of changes.
 * Not here: sockets (server/) and pages (dashboard/).
 */

import { Elysia } from "elysia";
import { type Access, createAccess, createAdmission } from "../../access/access.ts";
import { seesSurroundings } from "../../access/caller.ts";
import { createSessions } from "../../access/sessions/sessions.ts";
import type { Failure } from "../../failure.ts";
import { createTurns } from "../../host/scheduling/turns.ts";
import { createPeers, type SocketOwner } from "../../host/sockets/peers.ts";
import type { Submitted } from "../../queue/job.ts";
import { DataSet } from "../../report/data-set.ts";
import { LOCALITY_TIME_ZONES } from "../../report/day.ts";
import { ReportRequest } from "../../report/request/request.ts";
import { JobView } from "../../views/job-view.ts";
import { createReader } from "../body-reader.ts";
import type { Connections } from "../connections.ts";
import { errors } from "../errors.ts";
import type { HttpDependencies, Pages, ReservedMemory } from "../http.ts";
import { openApiDocument, type RegisteredRoute } from "../openapi/document.ts";
import { ref } from "../openapi/operation.ts";
import { createOutgoing } from "../outgoing.ts";
import { Problem, problem, withoutWhere } from "../problem.ts";
import { Accepted } from "./accept.ts";
import { createAudited } from "./audited.ts";
import { createUploads } from "./catalogue-uploads.ts";
import { createFeed, type Feed } from "./events/feed.ts";
import { JobEvent, JobProgress, OverviewEvent, ProgressEvent, QueueEvent, QueueState } from "./events/wire.ts";
import { Overview, Paused } from "./overview.ts";
import { createRouteOf, type RouteOf } from "./route-of.ts";
import { AuditList, auditRoutes } from "./routes/audit.ts";
import { AcceptedBatch, batchRoutes } from "./routes/batch.ts";
import { CallbackList, CallbackView, callbackRoutes } from "./routes/callbacks.ts";
import { CatalogueChange, CatalogueFeed, catalogueRoutes } from "./routes/catalogue.ts";
import {
  CatalogueImports,
  CatalogueRemoved,
  CatalogueUndone,
  catalogueChangeRoutes,
} from "./routes/catalogue-changes.ts";
import {
  CatalogueLocalities,
  CatalogueLocality,
  CatalogueLocalityRows,
  CataloguePeople,
  catalogueLocalityRoutes,
} from "./routes/catalogue-localities.ts";
import { CatalogueMaps, catalogueMapRoutes } from "./routes/catalogue-maps.ts";
import { CallbacksResent, Deliveries, DeliveryTest, deliveryRoutes } from "./routes/deliveries.ts";
import { documentationRoutes } from "./routes/documentation.ts";
import { DropboxLinkBegun, DropboxView, dropboxRoutes } from "./routes/dropbox.ts";
import { eventRoutes } from "./routes/events.ts";
import { FailureGroup, FailureGroups, failureRoutes } from "./routes/failures.ts";
import { generateRoutes } from "./routes/generate.ts";
import { Alive, healthRoutes, Ready } from "./routes/health.ts";
import { CatalogueFailedJobs, CatalogueFile, importFileRoutes } from "./routes/import-file.ts";
import { JobDetail, jobDetailRoutes } from "./routes/job-detail.ts";
import { JobList, jobRoutes } from "./routes/jobs.ts";
import { jobsFileRoutes } from "./routes/jobs-file.ts";
import { KeyList, KeyMade, KeyView, keyRoutes } from "./routes/keys.ts";
import { metricsRoutes } from "./routes/metrics.ts";
import { overviewRoutes } from "./routes/overview.ts";
import { JobsPruned, pruneRoutes } from "./routes/prune.ts";
import { queueRoutes } from "./routes/queue.ts";
import { reportFileRoutes } from "./routes/report-file.ts";
import { reportsZipRoutes } from "./routes/reports-zip.ts";
import { JobsCancelled, JobsCounted, JobsDeleted, JobsRetried, selectionRoutes } from "./routes/selection.ts";
import { ExaminationView, SettingsView, settingsRoutes } from "./routes/settings.ts";
import { StatisticsView, statisticsRoutes } from "./routes/statistics.ts";
import { statusRoutes } from "./routes/status.ts";
import { AgencyList, AgencyView, agencyRoute, agencyRoutes, SuburbList, suburbRoutes } from "./routes/suburbs.ts";
import { Territories, Territory, territoryRoutes } from "./routes/territories.ts";
import { UsageView, usageRoutes } from "./routes/usage.ts";
import { SavedView, SavedViews, viewRoutes } from "./routes/views.ts";
import type { Shared } from "./shared.ts";
import { createWaiters, type Waiters } from "./waiters.ts";

const MAX_BODY_BYTES = 5 * 1_024 * 1_024;
const BODY_TIMEOUT_MS = 30_000;

/**
 * RFC 6797. Sent only to browsers that come by https: over http they ignore it, and a name without https must not have
 * it.
 */
const HTTPS_FOR_A_YEAR = "max-age=31536000";

/** Names in the document. A request's data set has the schema of the catalogue's, so it is described once. */
const SCHEMAS = {
  ReportRequest: { ...ReportRequest, properties: { ...ReportRequest.properties, data: ref("DataSet") } },
  DataSet,
  Accepted,
  AcceptedBatch,
  Job: JobView,
  JobList,
  JobDetail,
  Overview,
  Paused,
  Statistics: StatisticsView,
  Usage: UsageView,
  SavedViews,
  Territory,
  Territories,
  Callback: CallbackView,
  CallbackList,
  SuburbList,
  AgencyList,
  AuditList,
  CatalogueChange,
  CatalogueFeed,
  CatalogueFailedJobs,
  CatalogueFile,
  CatalogueImports,
  CatalogueMaps,
  CataloguePeople,
  CatalogueLocality,
  CatalogueLocalityRows,
  CatalogueLocalities,
  CatalogueRemoved,
  CatalogueUndone,
  Deliveries,
  Dropbox: DropboxView,
  FailureGroups,
  Key: KeyView,
  KeyList,
  KeyMade,
  Problem,
  Settings: SettingsView,
  Examination: ExaminationView,
  Agency: AgencyView,
  Alive,
  CallbacksResent,
  DeliveryTest,
  DropboxLinkBegun,
  FailureGroup,
  JobsCancelled,
  JobsCounted,
  JobsDeleted,
  JobsPruned,
  JobsRetried,
  Ready,
  SavedView,
  JobProgress,
  QueueState,
  JobEvent,
  ProgressEvent,
  OverviewEvent,
  QueueEvent,
} as const;

interface App {
  readonly fetch: (request: Request) => Response | Promise<Response>;
  readonly waiters: Waiters;
  readonly feed: Feed;
  readonly memory: ReservedMemory;
  readonly routeOf: RouteOf;
  readonly callerOf: Access["callerOf"];
}

/** What the log and a request have to do with each other. */
export interface Notes {
  /** The jobs that a request brought, as soon as they are stored; those that were there already are among them. */
  accepted(request: Request, submitted: readonly Submitted[]): Promise<void>;
  requestIdOf(request: Request): string | null;
  /** What was thrown while a request was served: a client never learns what broke inside. */
  cause(request: Request, error: unknown): void;
}

/** The routes, without a socket. */
export function createApp(dependencies: HttpDependencies, connections: Connections, notes: Notes): App {
  const waiters = createWaiters(dependencies.queue);
  const limits = {
    maxBytes: dependencies.maxBodyBytes ?? MAX_BODY_BYTES,
    timeoutMs: dependencies.bodyTimeoutMs ?? BODY_TIMEOUT_MS,
  };
  const reader = createReader(dependencies.parser, limits);
  const { publicUrl, keys, sessionStore } = dependencies;
  const secure = publicUrl?.startsWith("https:") ?? false;
  const sessions = createSessions(keys, sessionStore, { secure });
  const { ownerOf: ownerOfPeer = createPeers().ownerOf } = dependencies;
  const ownerOf = (request: Request): SocketOwner => {
    const peer = connections.peer(request);
    return peer === null ? { kind: "unknown" } : ownerOfPeer(peer);
  };
  const access = createAccess({ publicUrl, ownerOf, keys, sessions, keyRate: dependencies.keyRate ?? null });
  const turns = createTurns();
  const feed = createFeed({ ...dependencies, turns });
  const outgoing = createOutgoing({ connections, turns });
  const admission = createAdmission(access, connections);
  const audited = createAudited({ ...dependencies, access });
  const shared: Shared = {
    ...dependencies,
    noteChange: audited.note,
    waiters,
    reader,
    feed,
    outgoing,
    access,
    connections,
    sessions,
    admission,
    noteAccepted: notes.accepted,
    limits,
    turns,
  };
  const pages = dependencies.pages({
    ...dependencies,
    setup: dependencies.setup ?? null,
    sessions,
    admission,
    zones: LOCALITY_TIME_ZONES,
    noteChange: audited.note,
  });
  const app = assemble(shared, pages, notes.cause);
  app.compile();
  const recordChange = audited.recorder(app.routes);
  const notPrepared = (request: Request) =>
    sessions.prepare(request.headers).then(
      () => null,
      (error) => problem(error, new URL(request.url).pathname),
    );
  const fetch = async (request: Request) => {
    const refused = request.headers.has("cookie") ? await notPrepared(request) : null;
    const result = refused ?? (await app.fetch(request));
    if (request.method !== "GET" && request.method !== "HEAD") await recordChange(request, result);
    const response = await pages.forPeople(request, result, notes.requestIdOf(request));
    const rate = access.headers(request);
    for (const name in rate) response.headers.set(name, rate[name] ?? "");
    if (secure) response.headers.set("Strict-Transport-Security", HTTPS_FOR_A_YEAR);
    return response;
  };
  const memory = {
    reservedBytes: () => reader.reservedBytes + outgoing.reservedBytes + feed.reservedBytes,
    shed() {
      reader.shed();
      outgoing.shed();
      feed.shed();
    },
  };
  return {
    fetch,
    waiters,
    feed,
    memory,
    routeOf: createRouteOf(app.routes),
    callerOf: access.callerOf,
  };
}

function assemble(shared: Shared, pages: Pages, noteCause: (request: Request, error: unknown) => void) {
  const registered: { routes: readonly RegisteredRoute[] } = { routes: [] };
  const uploads = createUploads(shared);
  const document = () => openApiDocument(registered.routes, { ...shared, schemas: SCHEMAS });
  const app = new Elysia()
    // Elysia skips a slash at the end: GET /api/jobs/ would be the list, where an empty id was meant.
    .onRequest(({ request }) => {
      const [path = ""] = request.url.slice(request.url.indexOf("/", 8)).split("?", 1);
      const lacking = path.startsWith("/api/") && path.endsWith("/") ? lacksParameter(registered.routes, path) : null;
      return lacking === null ? undefined : problem(lacking, path);
    })
    .onError(({ code, error, request, path }) => {
      if (code === "NOT_FOUND") return noSuchRoute(registered.routes, request.method, path);
      noteCause(request, error);
      const page = pages.refusal(request, error);
      if (page !== null) return page;
      return problem(
        seesSurroundings(shared.access.callerOf(request) ?? { scope: "read" }) ? error : withoutWhere(error),
        path,
      );
    })
    .use(generateRoutes(shared))
    .use(batchRoutes(shared))
    .use(statusRoutes(shared))
    .use(jobRoutes(shared))
    .use(jobsFileRoutes(shared))
    .use(selectionRoutes(shared))
    .use(reportsZipRoutes(shared))
    .use(failureRoutes(shared))
    .use(deliveryRoutes(shared))
    .use(dropboxRoutes(shared))
    .use(pruneRoutes(shared))
    .use(jobDetailRoutes(shared))
    .use(eventRoutes(shared))
    .use(queueRoutes(shared))
    .use(overviewRoutes(shared))
    .use(statisticsRoutes(shared))
    .use(usageRoutes(shared))
    .use(viewRoutes(shared))
    .use(territoryRoutes(shared))
    .use(metricsRoutes(shared))
    .use(keyRoutes(shared))
    .use(auditRoutes(shared))
    .use(settingsRoutes(shared))
    .use(callbackRoutes(shared))
    .use(reportFileRoutes(shared))
    .use(catalogueRoutes(shared, uploads))
    .use(importFileRoutes(shared, uploads))
    .use(catalogueLocalityRoutes(shared))
    .use(catalogueChangeRoutes(shared))
    .use(catalogueMapRoutes(shared))
    .use(suburbRoutes(shared))
    .use(agencyRoutes(shared))
    .use(agencyRoute(shared))
    .use(healthRoutes(shared))
    .use(documentationRoutes(shared, document))
    .use(pages.routes());
  registered.routes = app.routes;
  return app;
}

function noSuchRoute(routes: readonly RegisteredRoute[], method: string, path: string): Response {
  const lacking = lacksParameter(routes, path);
  if (lacking !== null) return problem(lacking, path);
  const fitting = routes.filter(({ path: pattern }) => fits(pattern, path));
  if (fitting.length === 0) {
    return problem(errors.noSuchAddress(path), path);
  }
  const allowed = allowedMethods(fitting).join(", ");
  return problem(errors.method(path, method, allowed), path, { Allow: allowed });
}

/** Whether a path matches this pattern; the value of a parameter may be empty. */
function fits(pattern: string, path: string): boolean {
  const dependencies = pattern.split("/");
  const segments = path.split("/");
  return (
    dependencies.length === segments.length &&
    dependencies.every((part, at) => part.startsWith(":") || part === segments[at])
  );
}

/** The error for a path that has nothing where a parameter belongs: it belongs to no route, whatever the method. */
function lacksParameter(routes: readonly RegisteredRoute[], path: string): Failure | null {
  const segments = path.split("/");
  for (const { path: pattern } of routes) {
    if (!fits(pattern, path)) continue;
    const name = pattern.split("/").find((part, at) => part.startsWith(":") && segments[at] === "");
    const shown = pattern.replace(/:(\w+)/g, "{$1}");
    if (name !== undefined) return errors.missingInAddress(path, name.slice(1), shown);
  }
  return null;
}

function allowedMethods(routes: readonly RegisteredRoute[]): readonly string[] {
  const methods = new Set(routes.map(({ method }) => method));
  if (methods.has("GET")) methods.add("HEAD");
  return [...methods].sort();
}
