import { open, rename, rm } from "node:fs/promises";
import { resolve } from "node:path";
import type { Client, JobCount, JobFilter, JobSelector, SelectionChange } from "../client/client.ts";
import { asFailure, Failure } from "../failure.ts";
import { confirmed } from "./confirm.ts";
import type { JobsOptions } from "./jobs.ts";
import { messages } from "./messages.ts";
import { requireFolderOf } from "./output-file.ts";
import { withService } from "./with-service.ts";

export type SelectionAction = "cancel" | "retry" | "delete";

/** In which statuses each does something, where none is named. Over a filter, waiting jobs are not hurried. */
const APPLIES: Readonly<Record<SelectionAction, readonly string[]>> = {
  cancel: ["queued", "running", "waiting"],
  retry: ["failed"],
  delete: ["completed", "failed", "cancelled"],
};
/** Those that may be named beside them. */
const ALSO: Readonly<Record<SelectionAction, readonly string[]>> = { cancel: [], retry: ["cancelled"], delete: [] };
const WORDS: Readonly<Record<SelectionAction, string>> = { cancel: "Cancel", retry: "Retry", delete: "Delete" };
/** As many ids as one call takes. */
const IDS_A_CALL = 1_000;
const IDS_A_ZIP = 200;
const JOBS_A_ZIP = 1_000;

interface ChangeOptions extends JobsOptions {
  readonly yes: boolean;
  readonly dryRun: boolean;
}

/**
 * Does something to all jobs of a selection: prints how many they are, prompts, and reports the result. Returns false
 * if some of them are unchanged.
 */
export async function changeSelection(
  action: SelectionAction,
  selector: JobSelector,
  { config, yes, dryRun, json, out, err }: ChangeOptions,
): Promise<boolean> {
  const selection = narrowed(action, selector);
  const counted = await withService(config, (client) => client.count(selection));
  if (counted.count === 0 || dryRun) {
    if (json) out(JSON.stringify(dryRun ? counted : NOTHING[action]));
    else if (counted.count === 0) err(messages.noJobMatches);
    else out(matched(counted));
    return true;
  }
  const howMany = many(counted.count, counted.complete);
  if (yes && !json) err(matched(counted));
  await confirmed(`${WORDS[action]} ${howMany} (${inWords(counted)})?`, yes);
  const result = await withService(config, (client) => all(client, action, selection));
  out(json ? JSON.stringify(result) : summary(action, result));
  return (result.unchanged ?? 0) + (result.retained ?? 0) === 0;
}

function matched(counted: JobCount): string {
  const { count, complete } = counted;
  return `${many(count, complete)} ${count === 1 ? "matches" : "match"}: ${inWords(counted)}`;
}

const NOTHING: Readonly<Record<SelectionAction, SelectionOutcome>> = {
  cancel: { cancelled: 0, requested: 0, unchanged: 0 },
  retry: { retried: 0 },
  delete: { deleted: 0, retained: 0, unchanged: 0 },
};
type SelectionOutcome = Omit<SelectionChange, "next_cursor">;

/** A call does so many; the next resumes where it ended. */
async function all(client: Client, action: SelectionAction, selection: JobSelector): Promise<SelectionOutcome> {
  const sum: Record<string, number> = {};
  const add = ({ next_cursor: _, ...counts }: SelectionChange) => {
    for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count;
  };
  if ("ids" in selection) {
    for (let at = 0; at < selection.ids.length; at += IDS_A_CALL)
      add(await client.changeAll(action, { ids: selection.ids.slice(at, at + IDS_A_CALL) }));
    return sum;
  }
  for (let cursor: string | null = ""; cursor !== null; ) {
    const done: SelectionChange = await client.changeAll(action, selection, { cursor });
    add(done);
    cursor = done.next_cursor ?? null;
  }
  return sum;
}

/** A filter means those that the action does something to. @throws Failure "usage" where it names no such status. */
function narrowed(action: SelectionAction, selector: JobSelector): JobSelector {
  if ("ids" in selector) return selector;
  const named = selector.status?.split(",").flatMap((each) => (each === "processing" ? APPLIES.cancel : [each]));
  const possible = [...APPLIES[action], ...ALSO[action]];
  const other = named?.find((each) => !possible.includes(each));
  if (other !== undefined) throw new Failure("usage", messages.appliesTo(action, possible.join(" or "), other));
  return { ...selector, status: [...new Set(named ?? APPLIES[action])].join(",") };
}

function summary(action: SelectionAction, outcome: SelectionOutcome): string {
  const { cancelled = 0, requested = 0, retried = 0, deleted = 0, retained = 0, unchanged = 0 } = outcome;
  if (action === "retry") return `${many(retried)} ${retried === 1 ? "is" : "are"} queued again`;
  const parts =
    action === "cancel"
      ? [`${many(cancelled)} cancelled`, requested > 0 && messages.cancelledSoon(requested)]
      : [`${many(deleted)} deleted`, retained > 0 && messages.notDeleted(retained)];
  const rest =
    unchanged > 0 && `${unchanged} unchanged: ${action === "cancel" ? "already ended" : "not ended"} or deleted`;
  return [...parts, rest].filter(Boolean).join("; ");
}

function inWords({ by_status: counts }: JobCount): string {
  return Object.entries(counts)
    .flatMap(([status, count]) => (count === 0 ? [] : [`${count} ${status}`]))
    .join(", ");
}

function many(count: number, complete = true): string {
  return `${complete ? "" : "more than "}${count} ${count === 1 ? "job" : "jobs"}`;
}

/**
 * Whole ids of jobs that are named by a piece of them.
 * @throws Failure "unknown_job" or "ambiguous_id", before anything is done.
 */
export async function wholeIds({ config }: Pick<JobsOptions, "config">, ids: readonly string[]) {
  const whole = new Set<string>();
  for (const id of ids) whole.add((await withService(config, (client) => client.get(id))).job_id);
  return [...whole];
}

interface ZipOptions extends JobsOptions {
  /** "-" is standard output. */
  readonly output: string;
}

/** Writes the PDFs of a selection into a zip file; beside its name first, so that no reader ever sees half of one. */
export async function downloadSelection(selector: JobSelector, { config, output, json, out, err }: ZipOptions) {
  if ("ids" in selector && selector.ids.length > IDS_A_ZIP)
    throw new Failure("usage", messages.zipTooMany(IDS_A_ZIP, selector.ids.length));
  requireFolderOf(output);
  const selection: JobFilter | { ids: string } = "ids" in selector ? { ids: selector.ids.join(",") } : selector;
  const { count, complete } = await withService(config, (client) => client.count(selector));
  if (count === 0) throw new Failure("report_not_ready", messages.noJobListed);
  if (count > JOBS_A_ZIP) err(messages.zipTooManyMatch(many(count, complete), JOBS_A_ZIP));
  if (output === "-") {
    const stream = await withService(config, (client) => client.downloadReports(selection));
    for await (const bytes of stream) if (!process.stdout.write(bytes)) await drained();
    return;
  }
  const path = resolve(output);
  const part = `${path}.${crypto.randomUUID()}.part`;
  try {
    const stream = await withService(config, (client) => client.downloadReports(selection));
    const file = await open(part, "wx", 0o600);
    try {
      for await (const bytes of stream) await file.writeFile(bytes);
    } finally {
      await file.close();
    }
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    if (error instanceof Failure) throw error;
    throw new Failure("unwritable", `${path} was not written: ${asFailure(error).message}`, { cause: error });
  }
  out(json ? JSON.stringify({ file: path, jobs: count }) : path);
}

function drained(): Promise<void> {
  return new Promise((resolve) => void process.stdout.once("drain", resolve));
}
