import type { Command } from "commander";
import type { JobFilter } from "../../client/client.ts";
import { Failure } from "../../failure.ts";
import { DOCUMENT_KINDS, type DocumentKind } from "../../report/documents.ts";
import { integer, listOf } from "../../settings/setting.ts";
import { EXIT } from "../exit.ts";
import type { Flags } from "../flags.ts";
import { changeJobs, listJobs } from "../jobs.ts";
import { messages } from "../messages.ts";
import { argument, named } from "../option.ts";
import { changeSelection, downloadSelection, type SelectionAction, wholeIds } from "../selection.ts";
import { ifGiven, type Json, momentsOf, output, pending, someMoment } from "./client-options.ts";

const STATUSES = ["queued", "running", "waiting", "completed", "failed", "cancelled"] as const;
const ORDERS = ["created", "ended", "duration"] as const;

/** The options that select jobs. */
interface SelectionFlags extends Flags {
  readonly status?: readonly string[];
  readonly search?: string;
  readonly client?: string;
  readonly suburb?: string;
  readonly state?: string;
  readonly since?: string;
  readonly until?: string;
  readonly endedSince?: string;
  readonly endedUntil?: string;
  readonly error?: string;
  readonly errorCode?: string;
  readonly undelivered?: string;
  readonly preparedFor?: string;
  readonly filename?: string;
  readonly document?: DocumentKind;
  readonly metadata?: string;
  readonly drafts?: true;
}

interface ListFlags extends SelectionFlags, Json {
  readonly limit: number;
  readonly all: boolean;
  readonly order?: string;
}

interface ChangeFlags extends SelectionFlags, Json {
  readonly allFailed?: boolean;
  readonly yes: boolean;
  readonly dryRun: boolean;
}

interface ZipFlags extends SelectionFlags, Json {
  readonly output: string;
}

/** The commands for some jobs or many: those that are named, or all that match. */
export function selectionCommands(jobs: Command): void {
  pending(
    selected(jobs.command("list").description("list jobs, newest first"))
      .option("--order <order>", `one of ${ORDERS.join(", ")}; the last two list only ended jobs`, argument(orderOf))
      .option("--limit <n>", "maximum number of jobs", argument(integer(1, 1_000_000)), 20)
      .option("--all", "no maximum", false),
  ).action(({ json, limit, all, order, ...given }: ListFlags) =>
    listJobs({ ...filterOf(given), ...ifGiven({ order }) }, all ? Number.POSITIVE_INFINITY : limit, {
      ...output(given),
      json,
    }),
  );
  changeCommand(jobs, "cancel", messages.cancelJobsId);
  changeCommand(jobs, "retry", messages.retryFailedCancelled);
  changeCommand(jobs, "delete", messages.deleteJobsEnded);
  pending(
    selected(
      jobs
        .command("download")
        .description("download the PDFs of jobs by id or filter as one zip file")
        .addArgument(named("[id...]")),
    ).requiredOption("-o, --output <file.zip>", "the file to write; - writes to standard output"),
  ).action(async (ids: string[], { json, output: file, ...given }: ZipFlags) => {
    const options = { ...output(given), json, output: file };
    const filter = filterOf(given);
    requireOne(ids, filter, { command: "download" });
    await downloadSelection(ids.length > 0 ? { ids: await wholeIds(options, ids) } : filter, options);
  });
}

function changeCommand(jobs: Command, action: SelectionAction, description: string): void {
  const command = selected(jobs.command(action).description(description).addArgument(named("[id...]")));
  if (action === "retry") command.option("--all-failed", "every failed job that the filters match", false);
  pending(
    command
      .option("--dry-run", "print how many jobs match, and change nothing", false)
      .option("--yes", "do not ask for confirmation", false),
  ).action(async (ids: string[], { json, yes, dryRun, allFailed = false, ...given }: ChangeFlags) => {
    const options = { ...output(given), json, yes, dryRun };
    const filter = { ...filterOf(given), ...(allFailed && { status: "failed" }) };
    requireOne(ids, filter, { command: action });
    if (ids.length === 0) return void (await changeSelection(action, filter, options));
    if (dryRun || action === "delete") {
      const all = await changeSelection(action, { ids: await wholeIds(options, ids) }, options);
      if (!all) process.exitCode = EXIT.failed;
      return;
    }
    // Each is named: that is confirmation enough, and each has its own result.
    if (!(await changeJobs(action, ids, options))) process.exitCode = EXIT.failed;
  });
}

/**
 * @throws Failure "usage" for nothing, which would be everything, for an option that a script's empty variable makes mean
 *   everything, and for ids beside a filter.
 */
function requireOne(ids: readonly string[], filter: JobFilter, { command }: { readonly command: string }): void {
  const filtered = Object.keys(filter).length > 0;
  if (Object.values(filter).some((value) => String(value).trim() === ""))
    throw new Failure("usage", messages.emptySelection);
  if (ids.length > 0 && filtered) throw new Failure("usage", messages.nameOrSelect(command));
  if (ids.length === 0 && !filtered) throw new Failure("usage", messages.nameJobs(command));
}

function orderOf(text: string): string {
  const order = ORDERS.find((each) => each === text);
  if (order === undefined) throw new Error(messages.notOneOf(ORDERS.join(", ")));
  return order;
}

function documentOf(text: string): DocumentKind {
  const kind = DOCUMENT_KINDS.find((each) => each === text);
  if (kind === undefined) throw new Error(messages.notOneOf(DOCUMENT_KINDS.join(", ")));
  return kind;
}

function selected(command: Command): Command {
  return command
    .optionsGroup("Which jobs:")
    .option(
      "--status <status>",
      `one or more of ${STATUSES.join(", ")}; processing means the first three`,
      argument(listOf(...STATUSES, "processing")),
    )
    .option("--search <words>", "part of an id, suburb or client name")
    .option("--client <client>", "client that sent the request")
    .option("--suburb <suburb>", "suburb of the report")
    .option("--state <state>", "state or territory of the report")
    .option("--since <time>", "accepted since: an age (2h, 7d), a day, or a time with its zone", argument(someMoment))
    .option("--until <time>", "accepted before, in the same formats", argument(someMoment))
    .option("--ended-since <time>", "ended since, in the same formats", argument(someMoment))
    .option("--ended-until <time>", "ended before, in the same formats", argument(someMoment))
    .option("--error <text>", "part of the error message")
    .option("--error-code <code>", "code of the error, such as no_data")
    .option("--undelivered <target>", "delivery target that lacks the report: folder, dropbox or s3")
    .option("--prepared-for <name>", "part of the name of the agency that the report is prepared for")
    .option("--filename <text>", "part of a document's file name")
    .option("--document <kind>", `has this document: one of ${DOCUMENT_KINDS.join(", ")}`, argument(documentOf))
    .option("--metadata <text>", "part of the request's metadata")
    .option("--drafts", "only drafts that were not sent");
}

function filterOf({ status, search, errorCode, preparedFor, drafts, ...given }: SelectionFlags): JobFilter {
  const { client, suburb, state, error, undelivered, filename, document, metadata, since, until } = given;
  const accepted = momentsOf({ since, until }, given);
  const ended = momentsOf({ since: given.endedSince, until: given.endedUntil }, given);
  return ifGiven({
    ...{ status: status?.join(","), q: search, error_code: errorCode, prepared_for: preparedFor },
    ...{ client, suburb, state, error, undelivered, filename, document, metadata },
    ...{ created_after: accepted.since, created_before: accepted.until },
    ...{ ended_after: ended.since, ended_before: ended.until },
    draft: drafts,
  });
}
