import { at } from "../address.ts";
import { post } from "../api.ts";
import { confirmed } from "../parts/confirm.tsx";
import { notify, notifyError } from "../parts/notices.tsx";
import { STATUSES, type Status } from "../parts/status.tsx";
import { many } from "../words.ts";
import { asQuery, type JobListFilter } from "./filter.ts";
import { messages } from "./messages.tsx";
import { picked, picksAll, unpick } from "./selection.ts";

type BulkAction = "cancel" | "retry" | "delete";

/** In which statuses each does something. */
const APPLIES: Readonly<Record<BulkAction, readonly Status[]>> = {
  cancel: ["queued", "running", "waiting"],
  retry: ["failed", "cancelled", "waiting"],
  delete: ["completed", "failed", "cancelled"],
};
const CONSEQUENCE: Readonly<Record<BulkAction, string>> = {
  cancel: messages.cancelConsequence,
  retry: messages.retryConsequence,
  delete: messages.deleteConsequence,
};
const IDS_A_CALL = 1_000;
const IDS_A_ZIP = 200;

interface SelectionCount {
  readonly count: number;
  readonly by_status: Readonly<Record<Status, number>>;
  readonly complete: boolean;
}

/** The result, of all calls together. */
interface BulkOutcome {
  cancelled: number;
  requested: number;
  retried: number;
  deleted: number;
  retained: number;
}

/** Does something to all that is picked: confirms first, with how many it is, and reports the result. */
export async function actOn(filter: JobListFilter, action: BulkAction): Promise<void> {
  try {
    const bodies = bodiesOf(filter);
    const counts = await Promise.all(bodies.map((body) => post<SelectionCount>("api/jobs/count", body)));
    const applies = appliesTo(action).reduce(
      (sum, status) => sum + counts.reduce((all, { by_status }) => all + by_status[status], 0),
      0,
    );
    const total = counts.reduce((sum, { count }) => sum + count, 0);
    const more = counts.every(({ complete }) => complete) ? "" : " and more";
    if (applies === 0) return notify(messages.noneApplies(many(total, "job"), action));
    const word = action[0]?.toUpperCase() + action.slice(1);
    const sure = await confirmed({
      title: `${word} ${many(applies, "job")}${more}?`,
      body: (
        <>
          {applies < total && <p>{messages.othersStay(many(total - applies, "job"))}</p>}
          <p>{CONSEQUENCE[action]}</p>
        </>
      ),
      action: `${word} them`,
      dangerous: action !== "retry",
    });
    if (!sure) return;
    const outcome: BulkOutcome = { cancelled: 0, requested: 0, retried: 0, deleted: 0, retained: 0 };
    for (const body of bodies) await all(action, body, outcome);
    notify(summary(action, outcome));
    unpick();
  } catch (error) {
    notifyError(error);
  }
}

/** A call does so many; the next continues where it ended. */
async function all(action: BulkAction, body: Readonly<Record<string, unknown>>, outcome: BulkOutcome): Promise<void> {
  const narrowed = "ids" in body ? body : { ...body, status: statusesFor(action, body.status) };
  for (let cursor: string | null = null; ; ) {
    const more = cursor === null ? {} : { cursor };
    const done: Partial<BulkOutcome> & { readonly next_cursor?: string | null } = await post(`api/jobs/${action}`, {
      ...narrowed,
      ...more,
    });
    for (const name of Object.keys(outcome) as (keyof BulkOutcome)[]) outcome[name] += done[name] ?? 0;
    cursor = done.next_cursor ?? null;
    if (cursor === null) return;
  }
}

/** A filter without a status means every one that the action is for. */
function statusesFor(action: BulkAction, requested: unknown): string {
  const named = typeof requested === "string" ? requested.split(",") : STATUSES;
  return appliesTo(action)
    .filter((status) => named.includes(status))
    .join(",");
}

/** Over a filter waiting jobs are not hurried: they continue by themselves. */
function appliesTo(action: BulkAction): readonly Status[] {
  return APPLIES[action].filter((status) => !(action === "retry" && picksAll.value && status === "waiting"));
}

function bodiesOf(filter: JobListFilter): readonly Readonly<Record<string, unknown>>[] {
  if (picksAll.value) {
    const fields = Object.fromEntries(asQuery(filter));
    delete fields.order;
    return [{ status: STATUSES.join(","), ...fields }];
  }
  const ids = [...picked.value];
  return Array.from({ length: Math.ceil(ids.length / IDS_A_CALL) }, (_, part) => ({
    ids: ids.slice(part * IDS_A_CALL, (part + 1) * IDS_A_CALL),
  }));
}

function summary(action: BulkAction, { cancelled, requested, retried, deleted, retained }: BulkOutcome): string {
  if (action === "cancel")
    return `${many(cancelled, "job")} cancelled${requested === 0 ? "" : messages.endingLater(requested)}`;
  if (action === "retry") return `${many(retried, "job")} queued again`;
  return `${many(deleted, "job")} deleted${retained === 0 ? "" : messages.notDeleted(retained)}`;
}

/** Where the PDFs of what is picked come in one file; null where it is too many to be named. */
export function zipOf(filter: JobListFilter): string | null {
  if (picksAll.value) return at(`api/jobs/reports.zip?${asQuery(filter)}`);
  return picked.value.size > IDS_A_ZIP ? null : at(`api/jobs/reports.zip?ids=${[...picked.value].join(",")}`);
}
