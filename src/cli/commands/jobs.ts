import type { Command } from "commander";
import type { JobFilter, ReportRequest } from "../../client/client.ts";
import { Failure } from "../../failure.ts";
import { readPlace } from "../../report/suburbs.ts";
import { duration, integer, listOf, optional } from "../../settings/setting.ts";
import { timeZoneOf } from "../../settings/settings.ts";
import { EXIT } from "../exit.ts";
import { ASKING_SETTINGS, configure, type Flags, withSettings } from "../flags.ts";
import { changeJobs, listJobs } from "../jobs.ts";
import { moment } from "../moment.ts";
import { argument } from "../option.ts";
import { prune } from "../prune.ts";
import { holdQueue, queueStatus } from "../queue.ts";
import { readJson } from "../read-json.ts";
import { retryAllFailed } from "../retry-all.ts";
import { showJob } from "../show-job.ts";
import { follow, submit, type Terminal } from "../submit.ts";
import { complain, interruption, print } from "../terminal.ts";
import { watchAll } from "../watch-all.ts";

/** A script's empty variable is none given. */
const PRIORITY = optional(integer(0, 9));

const STATUSES = ["queued", "running", "waiting", "completed", "failed", "cancelled"] as const;

interface Json {
  readonly json: boolean;
}

interface FollowFlags extends Flags, Json {
  readonly timeout?: number;
  readonly output?: string;
}

/** The commands that ask a running service for reports, and see after its jobs. */
export function jobCommands(program: Command): void {
  submitCommand(program);
  const jobs = program.command("jobs").description("find, show, cancel, retry and watch the jobs of a running service");
  listCommand(jobs);
  asking(jobs.command("show").description("print all there is to know about a job").argument("<id>")).action(
    (id: string, { json, ...flags }: Flags & Json) => showJob(id, { config: configure(flags), json, out: print }),
  );
  cancelCommand(jobs);
  retryCommand(jobs);
  following(
    jobs
      .command("watch")
      .description("follow a job to its end; all jobs until Ctrl-C unless one is named")
      .argument("[id]"),
  ).action(async (id: string | undefined, { json, timeout, output, ...flags }: FollowFlags) => {
    if (id === undefined) return watchAll({ config: configure(flags), json, out: print, signal: interruption() });
    process.exitCode = await follow(
      { job_id: id },
      { config: configure(flags), json, terminal: terminal(), ...ifGiven({ timeoutMs: timeout, output }) },
    );
  });
}

/** The commands that hold the queue and clear it up. */
export function queueCommands(program: Command): void {
  const queue = program.command("queue").description("pause and resume a running service, and see how it is");
  const held = {
    pause: "start nothing new until it is resumed; requests are kept, what runs goes on",
    resume: "go on",
  } as const;
  for (const what of ["pause", "resume"] as const) {
    asking(queue.command(what).description(held[what])).action(({ json, ...flags }: Flags & Json) =>
      holdQueue(what, { config: configure(flags), json, out: print }),
    );
  }
  asking(queue.command("status").description("print how the queue and the service are")).action(
    ({ json, ...flags }: Flags & Json) => queueStatus({ config: configure(flags), json, out: print }),
  );

  asking(
    program
      .command("prune")
      .description("have a running service remove old jobs and their PDFs; what was delivered stays")
      .requiredOption("--older-than <duration>", "since they ended, such as 30d", argument(duration(0)))
      .option("--yes", "do not ask", false),
  ).action(({ olderThan, yes, json, ...flags }: Flags & Json & { olderThan: number; yes: boolean }) =>
    prune({ config: configure(flags), olderThanMs: olderThan, yes, json, out: print }),
  );
}

interface SubmitFlags extends FollowFlags {
  readonly request?: string;
  readonly data?: string;
  readonly postcode?: string;
  readonly preparedFor?: string;
  readonly callback?: string;
  readonly priority?: number | null;
  readonly idempotencyKey?: string;
  readonly wait: boolean;
}

function submitCommand(program: Command): void {
  following(
    program
      .command("submit")
      .description("ask a running service for a report, follow it, and print where the PDF is")
      .argument("[place...]", "suburb and state, and the postcode where they are not enough: St Kilda VIC 3182")
      .option("--postcode <postcode>", "where the name is not enough")
      .option(
        "--request <file.json>",
        "a whole request as the API takes it; what else is given comes on top; - is standard input",
      )
      .option("--data <file.json>", "the data set to make the report from; - is standard input")
      .option("--prepared-for <name>", "name or id of the agency that asks")
      .option("--callback <url>", "address told of the job's end")
      .option(
        "--priority <0-9>",
        "9 goes first among your own, 5 is usual",
        argument((text) => PRIORITY(text.trim())),
      )
      .option("--idempotency-key <key>", "the same key and request give the same job for 24 hours")
      .option("--no-wait", "print the job's id and leave"),
  ).action(async (words: readonly string[], given: SubmitFlags) => {
    const { json, wait, timeout, output, idempotencyKey, request, data, postcode, preparedFor, callback, priority } =
      given;
    if (!wait && output !== undefined) throw new Failure("usage", "--no-wait leaves before there is anything for -o");
    if (request === "-" && data === "-") throw new Failure("usage", "only one of --request and --data can be -");
    const body = {
      ...(request === undefined ? {} : ((await readJson(request, "a request")) as object)),
      ...placeOf(words),
      ...ifGiven({ postcode, prepared_for: preparedFor, callback_url: callback, priority }),
      ...(data === undefined ? {} : { data: await readJson(data, "a data set") }),
    };
    if (!("suburb" in body)) throw new Failure("usage", "for which suburb? Such as: agentlink submit Manly NSW");
    if (!("state" in body))
      throw new Failure("usage", `in which state is ${body.suburb}? Such as: agentlink submit ${body.suburb} NSW`);
    process.exitCode = await submit({
      config: configure(flagsOf(given)),
      // What is wrong with it, the service says.
      request: body as ReportRequest,
      wait,
      json,
      terminal: terminal(),
      ...ifGiven({ timeoutMs: timeout, output, idempotencyKey }),
    });
  });
}

/** The fields of a request that the words of a place stand for. */
function placeOf(words: readonly string[]) {
  if (words.length === 0) return {};
  const { suburb, state, postcode } = readPlace(words.join(" "));
  return ifGiven({ suburb, state: state ?? undefined, postcode: postcode ?? undefined });
}

interface Selected extends Flags {
  readonly status?: readonly string[];
  readonly search?: string;
  readonly client?: string;
  readonly suburb?: string;
  readonly state?: string;
  readonly since?: string;
  readonly until?: string;
}

interface ListFlags extends Selected, Json {
  readonly limit: number;
  readonly all: boolean;
}

interface RetryFlags extends Selected, Json {
  readonly allFailed: boolean;
  readonly yes: boolean;
}

function listCommand(jobs: Command): void {
  asking(
    selected(jobs.command("list").description("print jobs, newest first"))
      .option(
        "--status <status>",
        `one or several of ${STATUSES.join(", ")}; processing is the first three`,
        argument(listOf(...STATUSES, "processing")),
      )
      .option("--limit <n>", "how many", argument(integer(1, 1_000_000)), 20)
      .option("--all", "all there are", false),
  ).action(({ json, limit, all, ...given }: ListFlags) =>
    listJobs(filterOf(given), all ? Number.POSITIVE_INFINITY : limit, { ...output(given), json }),
  );
}

function cancelCommand(jobs: Command): void {
  asking(
    jobs
      .command("cancel")
      .description("cancel jobs: at once where they do not run, else at their next step")
      .argument("<id...>"),
  ).action(async (ids: string[], { json, ...flags }: Flags & Json) => {
    if (!(await changeJobs("cancel", ids, { ...output(flags), json }))) process.exitCode = EXIT.failed;
  });
}

function retryCommand(jobs: Command): void {
  asking(
    selected(
      jobs
        .command("retry")
        .description("try failed, cancelled or waiting jobs now, from the last thing they finished")
        .argument("[id...]")
        .option("--all-failed", "all that have failed, of those selected below", false),
    ).option("--yes", "do not ask", false),
  ).action(async (ids: string[], { json, allFailed, yes, ...given }: RetryFlags) => {
    const options = { ...output(given), json };
    if (allFailed === ids.length > 0) throw new Failure("usage", "name jobs to try again, or say --all-failed");
    if (allFailed) return retryAllFailed(filterOf(given), { ...options, yes });
    if (!(await changeJobs("retry", ids, options))) process.exitCode = EXIT.failed;
  });
}

function selected(command: Command): Command {
  return command
    .option(
      "--search <words>",
      "the beginning or end of an id, beginnings of a suburb's words, or a part of the client's name",
    )
    .option("--client <client>", "who asked")
    .option("--suburb <suburb>", "for this suburb")
    .option("--state <state>", "in this state or territory")
    .option(
      "--since <time>",
      "accepted since: so long ago (2h, 7d), a day, or a time with its zone",
      argument(ownMoment),
    )
    .option("--until <time>", "accepted before: the same", argument(ownMoment));
}

/** A day is one of the operator's zone. */
function ownMoment(text: string): string {
  return moment(text, timeZoneOf(process.env));
}

function filterOf({ status, search, client, suburb, state, since, until }: Selected): JobFilter {
  return ifGiven({
    status: status?.join(","),
    q: search,
    client,
    suburb,
    state,
    created_after: since,
    created_before: until,
  });
}

function following(command: Command): Command {
  return asking(
    command
      .option("--timeout <duration>", "wait no longer than this, then exit 5; the job goes on", argument(duration(1)))
      .option("-o, --output <file>", "download the PDF into this file or folder; - is the output"),
  );
}

function asking(command: Command): Command {
  return withSettings(command.option("--json", "print JSON", false), ASKING_SETTINGS);
}

function output(flags: Flags) {
  return { config: configure(flagsOf(flags)), out: print, err: complain, columns: process.stdout.columns };
}

function flagsOf({ url, key, host, port }: Flags): Flags {
  return ifGiven({ url, key, host, port });
}

function terminal(): Terminal {
  return {
    out: print,
    err: complain,
    progress: process.stderr,
    bytes: (bytes) => process.stdout.write(bytes),
    signal: interruption(),
  };
}

/** Leaves out what is undefined. */
function ifGiven<T extends Record<string, unknown>>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
