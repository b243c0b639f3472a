import { Type as t } from "@sinclair/typebox";
import { Elysia } from "elysia";
import { requireAdmin } from "../../../access/caller.ts";
import { nullable, time, type Viewed } from "../../../views/nullable.ts";
import { errors } from "../../errors.ts";
import { operation, ref } from "../../openapi/operation.ts";
import { json } from "../../response.ts";
import { overviewOf } from "../overview.ts";
import type { Shared } from "../shared.ts";

/** A backup that is older than this is reported, and so is a missing one if there are jobs. */
const OLD_BACKUP_MS = 7 * 86_400_000;

export const SettingsView = t.Object({
  settings: t.Array(
    t.Object({
      variable: t.String(),
      flag: t.String({ description: "The flag of `agentlink serve`" }),
      value: t.String({ description: "The value in effect; ******** for a secret that is set" }),
      from: t.String({ description: "default, environment, a flag, or file and its path" }),
      group: t.String(),
      unit: t.String({ description: "Type of the value, such as duration, size or number" }),
      secret: t.Boolean(),
      description: t.String(),
      docs: t.String({ description: "Documentation page with details" }),
    }),
  ),
  change: t.Object({
    where: t.String({ description: "Where to write a setting on this installation" }),
    restart: t.String({ description: "How to restart the service on this installation" }),
  }),
});

export const ExaminationView = t.Object({
  checked: nullable(
    t.Object(
      {
        at: time("When the checks ran"),
        seconds: t.Integer({ minimum: 0, description: "Duration of the checks" }),
        findings: t.Array(
          t.Object({
            what: t.String(),
            state: t.Union([t.Literal("ok"), t.Literal("warn"), t.Literal("fail")]),
            found: t.String(),
            advice: t.Optional(t.String({ description: "How to fix the problem" })),
          }),
        ),
      },
      { description: "Results of the last checks; null if none were made since the start" },
    ),
  ),
  backup: t.Object({
    last: nullable(
      t.Object({
        at: time("When the backup was made"),
        by: t.String(),
        to: nullable(t.String({ description: "The folder of the backup" })),
      }),
    ),
    redis: nullable(
      t.Object(
        {
          append_only: t.Boolean({ description: "Whether Redis writes each change to its append-only file" }),
          saved_at: time("When Redis last made a snapshot, or started"),
        },
        { description: "How Redis writes the jobs to its disk; null if the jobs are in the data folder" },
      ),
    ),
    due: t.Boolean({ description: "Whether there is no backup, or the last is older than a week" }),
  }),
});

type ExaminationResult = Viewed<typeof ExaminationView>;

/** The settings as they are in effect, and the doctor's checks, run on request. */
export function settingsRoutes(shared: Shared) {
  const { admission, about, audit, queue, connections, persistence } = shared;
  /** Written by `check`. */
  let checked: ExaminationResult["checked"] = null;
  /** Written by what `settingsRoutes` returns. */
  let checking: Promise<void> | null = null;

  async function check(): Promise<void> {
    if (about?.examine == null) throw errors.noChecks();
    const [at, began] = [new Date().toISOString(), performance.now()];
    const findings = await about.examine(await overviewOf(shared));
    checked = { at, seconds: Math.round((performance.now() - began) / 1_000), findings: [...findings] };
  }

  async function examination(): Promise<ExaminationResult> {
    const filter = { actor: null, actions: ["backUp"], since: null, until: null, limit: 1, cursor: null };
    const [entry] = (await audit.page(filter)).entries;
    const last = entry === undefined ? null : { at: entry.at, by: entry.actor, to: entry.detail };
    const counts = last === null ? await queue.counts() : null;
    const hasJobs = counts !== null && Object.values(counts).some((count) => typeof count === "number" && count > 0);
    const due = last === null ? hasJobs : Date.now() - Date.parse(last.at) > OLD_BACKUP_MS;
    const stored = (await persistence?.()) ?? null;
    const redis = stored && { append_only: stored.appendOnly, saved_at: stored.savedAt };
    return { checked, backup: { last, redis, due } };
  }

  return new Elysia()
    .use(admission)
    .get(
      "/api/settings",
      ({ caller }) => {
        requireAdmin(caller);
        const { settings = [], change = { where: "its environment", restart: "restart the service" } } = about ?? {};
        return json<typeof SettingsView>({
          settings: settings.map(({ file, ...each }) => ({
            ...each,
            from: file === null ? each.from : `${each.from} ${file}`,
          })),
          change,
        });
      },
      { detail: SETTINGS },
    )
    .get(
      "/api/doctor",
      async ({ caller }) => {
        requireAdmin(caller);
        return json<typeof ExaminationView>(await examination());
      },
      { detail: EXAMINATION },
    )
    .post(
      "/api/doctor",
      async ({ request, caller }) => {
        requireAdmin(caller);
        // A caller in the meantime waits for the same: one process at a time.
        connections.allowSilence(request, 0);
        checking ??= check().finally(() => {
          checking = null;
        });
        await checking;
        return json<typeof ExaminationView>(await examination());
      },
      { parse: "none", detail: EXAMINE },
    );
}

const SETTINGS = operation({
  operationId: "getSettings",
  tags: ["Service"],
  summary: "List the settings in effect, and where each comes from",
  description: "The same as `agentlink config`; secrets are masked. Requires an admin key.",
  responses: { 200: { description: "The settings", content: { "application/json": ref("Settings") } } },
});

const EXAMINATION = operation({
  operationId: "getExamination",
  tags: ["Service"],
  summary: "Show the results of the last checks and the last backup",
  description: "Requires an admin key.",
  responses: { 200: { description: "The findings", content: { "application/json": ref("Examination") } } },
});

const EXAMINE = operation({
  operationId: "examine",
  tags: ["Service"],
  summary: "Check settings, disk, database, targets and machine now",
  description:
    "Runs the checks of `agentlink doctor` in a separate process with low priority, one at a time, for at most a minute. Jobs continue. Requires an admin key.",
  responses: { 200: { description: "The findings", content: { "application/json": ref("Examination") } } },
  problems: [503],
});
