import { Type as t } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { type Caller, seesAll, seesSurroundings } from "../../../access/caller.ts";
import { type Job, STAGES, type Stage } from "../../../queue/job.ts";
import type { Queue } from "../../../queue/queue.ts";
import { nullable, time, type Viewed } from "../../../views/nullable.ts";
import { disclosedError } from "../../../views/views.ts";
import { readJson } from "../../body.ts";
import { errors } from "../../errors.ts";
import { operation, ref } from "../../openapi/operation.ts";
import { choice, defineQuery } from "../../query.ts";
import { json } from "../../response.ts";
import { actorOf } from "../audited.ts";
import { ownOf } from "../job-filter.ts";
import { readJobPages } from "../job-pages.ts";
import type { Shared } from "../shared.ts";

/** The latest failed jobs that are examined; what is older is not counted. */
const EXAMINED_AT_MOST = 5_000;
const CLIENTS_SHOWN = 5;
/** Causes that each client has dismissed, and those who see all together. */
const DISMISSED = 500;

/** Failed jobs that failed for one reason. */
export const FailureGroup = t.Object({
  error_code: t.String(),
  stage: t.Union(STAGES.map((stage) => t.Literal(stage))),
  undelivered: t.Array(t.String(), { description: "Targets that do not have the report" }),
  message: t.String({ description: "Error message of the latest of these jobs" }),
  count: t.Integer({ minimum: 1 }),
  first_seen: time("When the first of these jobs failed"),
  last_seen: time("When the latest of these jobs failed"),
  latest_job_id: t.String(),
  clients: t.Array(t.String(), { description: `Clients of these jobs, at most ${CLIENTS_SHOWN}` }),
  dismissed: nullable(
    t.Object(
      { at: time("When the cause was dismissed"), by: t.String() },
      { description: "Whether the cause was dismissed and no job has failed for it since" },
    ),
  ),
});

export const FailureGroups = t.Object({
  groups: t.Array(FailureGroup, { description: "Latest first" }),
  complete: t.Boolean({
    description: `False if more than ${EXAMINED_AT_MOST} jobs have failed; then only the latest are counted`,
  }),
});

type CauseGroup = Viewed<typeof FailureGroup>;
type Cause = Pick<CauseGroup, "error_code" | "stage" | "undelivered">;

/** Failed jobs by their causes, and which of these were dismissed. */
export function failureRoutes(shared: Shared) {
  const { records, admission, limits, noteChange } = shared;
  const nameOf = (caller: Caller, { error_code, stage, undelivered }: Cause) =>
    `${ownerOf(caller)} ${[error_code, stage, ...undelivered].map(encodeURIComponent).join(" ")}`;

  return new Elysia()
    .use(admission)
    .get(
      "/api/failures",
      async ({ request, caller }) => {
        const { dismissed: given } = QUERY.read(request);
        const { groups, complete } = await groupsOf(shared, caller);
        const shown = await Promise.all(
          groups.map(async (group) => {
            const dismissal = JSON.parse((await records.get("dismissed", nameOf(caller, group))) ?? "null");
            const isSeen = dismissal !== null && group.last_seen <= dismissal.last_seen;
            return { ...group, dismissed: isSeen ? { at: dismissal.at, by: dismissal.by } : null };
          }),
        );
        return json<typeof FailureGroups>({
          groups: shown.filter(({ dismissed }) => given === "yes" || dismissed === null),
          complete,
        });
      },
      { detail: LIST },
    )
    .post(
      "/api/failures/dismiss",
      async ({ request, caller }) => {
        const cause = causeOf((await readJson(request, limits)).value);
        const { groups } = await groupsOf(shared, caller);
        const name = nameOf(caller, cause);
        const group = groups.find((each) => nameOf(caller, each) === name);
        if (group === undefined) throw errors.unknownCause();
        const dismissed = { at: new Date().toISOString(), by: actorOf(caller, request) };
        await records.put("dismissed", name, JSON.stringify({ ...dismissed, last_seen: group.last_seen }));
        await records.trim("dismissed", DISMISSED, `${ownerOf(caller)} `);
        noteChange(request, {
          subject: cause.error_code,
          detail: `${group.count} ${group.count === 1 ? "job" : "jobs"} at ${cause.stage}`,
        });
        return json<typeof FailureGroup>({ ...group, dismissed });
      },
      { parse: "none", detail: DISMISS },
    );
}

/** Those who see all share what they have seen; a client's is its own. */
function ownerOf(caller: Caller): string {
  return seesAll(caller) ? "*" : caller.client;
}

async function groupsOf(shared: Pick<Shared, "queue" | "turns" | "access">, caller: Caller) {
  const groups = new Map<string, CauseGroup & { clients: string[] }>();
  let complete = true;
  for await (const page of readJobPages(
    shared,
    caller,
    { ...ownOf(caller), status: "failed", order: "ended" },
    EXAMINED_AT_MOST,
  )) {
    const lacking = await Promise.all(page.jobs.map((job) => undeliveredOf(shared.queue, job)));
    for (const [at, job] of page.jobs.entries()) add(groups, job, lacking[at] ?? [], caller);
    complete = page.nextCursor === null;
  }
  return { groups: [...groups.values()] as readonly CauseGroup[], complete };
}

async function undeliveredOf(queue: Pick<Queue, "deliveries">, { id, stage }: Job): Promise<readonly string[]> {
  if (stage !== "delivering") return [];
  const open = (await queue.deliveries(id)).filter(({ delivered }) => delivered === null);
  return [...new Set(open.map(({ target }) => target))].sort();
}

/** Jobs come with the latest end first. */
function add(
  groups: Map<string, CauseGroup & { clients: string[] }>,
  job: Job,
  undelivered: readonly string[],
  caller: Caller,
): void {
  const error = disclosedError(job.error, seesSurroundings(caller));
  const error_code = error?.code ?? "unknown";
  const key = JSON.stringify([error_code, job.stage, undelivered]);
  const at = job.endedAt ?? job.createdAt;
  const known = groups.get(key);
  const clients = known?.clients ?? [];
  if (!clients.includes(job.client) && clients.length < CLIENTS_SHOWN) clients.push(job.client);
  groups.set(key, {
    error_code,
    stage: job.stage,
    undelivered,
    message: known?.message ?? error?.message ?? "",
    count: (known?.count ?? 0) + 1,
    first_seen: at,
    last_seen: known?.last_seen ?? at,
    latest_job_id: known?.latest_job_id ?? job.id,
    clients,
    dismissed: null,
  });
}

/** @throws Failure "invalid_request". */
function causeOf(body: unknown): Cause {
  const given = (typeof body === "object" && body !== null ? body : {}) as Readonly<Record<string, unknown>>;
  const stage: Stage | undefined = STAGES.find((each) => each === given.stage);
  const undelivered = given.undelivered ?? [];
  if (typeof given.error_code !== "string" || given.error_code === "" || given.error_code.length > 100)
    throw errors.valueFrom("error_code", "/api/failures", given.error_code);
  if (stage === undefined) throw errors.oneOf("stage", STAGES, given.stage);
  if (!Array.isArray(undelivered) || undelivered.length > 8 || !undelivered.every((each) => typeof each === "string"))
    throw errors.valueFrom("undelivered", "/api/failures", given.undelivered);
  return { error_code: given.error_code, stage, undelivered: undelivered.map((each: string) => each.slice(0, 100)) };
}

const QUERY = defineQuery({ dismissed: choice("yes: include dismissed failures", ["yes", "no"], "no") });

const LIST = operation({
  operationId: "listFailures",
  tags: ["Jobs"],
  summary: "Group failed jobs by cause",
  description:
    "A cause is an error code, a stage and the targets that do not have the report. Send `error_code` and `undelivered` of a group to POST /api/jobs/retry, cancel or delete, or to GET /api/jobs, to select its jobs.",
  parameters: QUERY.parameters,
  responses: { 200: { description: "The causes", content: { "application/json": ref("FailureGroups") } } },
  problems: [422],
});

const DISMISS = operation({
  operationId: "dismissFailures",
  tags: ["Jobs"],
  summary: "Dismiss a cause of failure",
  description:
    "The cause is hidden until another job fails for it. Its jobs do not change. Admins share their dismissed causes; each client has its own.",
  body: {
    content: {
      "application/json": t.Object({
        error_code: t.String(),
        stage: t.String(),
        undelivered: t.Optional(t.Array(t.String())),
      }),
    },
  },
  responses: { 200: { description: "The dismissed cause", content: { "application/json": ref("FailureGroup") } } },
  problems: [400, 404, 408, 413, 415, 422],
});
