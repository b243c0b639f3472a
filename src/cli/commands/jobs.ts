import type { Command } from "commander";
import type { ApiReportRequest } from "../../client/client.ts";
import { Failure } from "../../failure.ts";
import { readLocality } from "../../report/localities/suburbs.ts";
import { duration, integer, optional } from "../../settings/setting.ts";
import { listAudit } from "../audit.ts";
import { EXIT } from "../exit.ts";
import { configure, type Flags } from "../flags.ts";
import { changeJobs, prune } from "../jobs.ts";
import { messages } from "../messages.ts";
import { argument, named } from "../option.ts";
import { queueStatus, setQueuePaused } from "../queue.ts";
import { readJson } from "../read-json.ts";
import { type RequestFlags, requestFieldsOf, withRequestOptions } from "../request-options.ts";
import { showJob } from "../show-job.ts";
import { follow, submit, type Terminal } from "../submit.ts";
import { submitBatch } from "../submit-batch.ts";
import { interruption, print, printError } from "../terminal.ts";
import { watchAll } from "../watch-all.ts";
import { flagsOf, ifGiven, type Json, momentsOf, output, pending, someMoment, timed } from "./client-options.ts";
import { selectionCommands } from "./selection.ts";

/** An empty variable of a script counts as not given. */
const PRIORITY = optional(integer(0, 9));

interface FollowFlags extends Flags, Json {
  readonly timeout?: number;
  readonly output?: string;
}

/** The commands that request reports of a running service and manage its jobs. */
export function jobCommands(program: Command): void {
  submitCommand(program);
  const jobs = program.command("jobs").description("list, show, cancel, retry, delete, download and watch jobs");
  selectionCommands(jobs);
  pending(jobs.command("show").description("show everything about a job").addArgument(named("<id>"))).action(
    (id: string, { json, ...flags }: Flags & Json) =>
      showJob(id, { ...timed(flags), json, out: print, columns: process.stdout.columns }),
  );
  pending(jobs.command("send").description("deliver drafts").addArgument(named("<id...>"))).action(
    async (ids: string[], { json, ...flags }: Flags & Json) => {
      if (!(await changeJobs("send", ids, { ...output(flags), json }))) process.exitCode = EXIT.failed;
    },
  );
  following(
    jobs.command("watch").description("follow one job to its end, or all jobs until Ctrl-C").addArgument(named("[id]")),
  ).action(async (id: string | undefined, { json, timeout, output, ...flags }: FollowFlags) => {
    if (id === undefined) return watchAll({ ...timed(flags), json, out: print, signal: interruption() });
    process.exitCode = await follow(
      { job_id: id },
      { config: configure(flags), json, terminal: terminal(), ...ifGiven({ timeoutMs: timeout, output }) },
    );
  });
}

/** The commands that pause the queue and clean it up. */
export function queueCommands(program: Command): void {
  const queue = program.command("queue").description("pause, resume or inspect the queue");
  const descriptions = {
    pause: messages.stopStartingJobs,
    resume: "start jobs again",
  } as const;
  for (const what of ["pause", "resume"] as const) {
    pending(queue.command(what).description(descriptions[what])).action(({ json, ...flags }: Flags & Json) =>
      setQueuePaused(what, { ...timed(flags), json, out: print }),
    );
  }
  pending(queue.command("status").description("show running, waiting and failed jobs, targets and callbacks")).action(
    ({ json, ...flags }: Flags & Json) => queueStatus({ ...timed(flags), json, out: print }),
  );

  pending(
    program
      .command("audit")
      .description("list who did what: keys, pauses, jobs, imports, sign-ins, settings")
      .option("--actor <name>", "part of the actor's name")
      .option("--action <names>", "action, such as revokeKey; several separated by commas")
      .option("--since <time>", "since: an age (2h, 7d), a day, or a time with its zone", argument(someMoment))
      .option("--until <time>", "before, in the same formats", argument(someMoment))
      .option("--limit <n>", "maximum number of entries", argument(integer(1, 100_000)), 50),
  ).action(({ actor, action, since, until, limit, json, ...flags }: Flags & Json & AuditFlags) =>
    listAudit({
      ...output(flags),
      filter: ifGiven({ actor, action, ...momentsOf({ since, until }, flags) }),
      limit,
      json,
    }),
  );

  pending(
    program
      .command("prune")
      .description("delete old jobs and their PDFs; delivered files stay")
      .requiredOption("--older-than <duration>", "age since a job ended, such as 30d", argument(duration(0)))
      .option("--yes", "do not ask for confirmation", false),
  ).action(({ olderThan, yes, json, ...flags }: Flags & Json & { olderThan: number; yes: boolean }) =>
    prune({ config: configure(flags), olderThanMs: olderThan, yes, json, out: print }),
  );
}

interface AuditFlags {
  readonly actor?: string;
  readonly action?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit: number;
}

interface SubmitFlags extends Omit<FollowFlags, "edition">, RequestFlags {
  readonly draft?: true;
  readonly batch?: string;
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
  const command = withRequestOptions(
    program
      .command("submit")
      .description("request a report, follow the job, and print where the PDF is")
      .optionsGroup("Request:")
      .argument("[suburb...]", "suburb and state, with a postcode if several suburbs share the name: St Kilda VIC 3182")
      .option("--postcode <postcode>", "postcode, if several suburbs share the name")
      .option("--request <file.json>", "request as for the API; other options override it; - reads standard input")
      .option("--data <file.json>", "data set for the report; - reads standard input")
      .option("--prepared-for <name>", "name or id of the agency the report is for")
      .option("--callback <url>", "URL to notify when the job ends")
      .option(
        "--priority <0-9>",
        "order among your own jobs: 9 is first, 5 is the default",
        argument((text) => PRIORITY(text.trim())),
      )
      .option("--idempotency-key <key>", "a repeated request with this key within 24 hours returns the same job")
      .option("--batch <file>", "request up to 1,000 reports from a file, .json or .csv, and print a job id for each")
      .option("--draft", "render the report, but deliver it only after `agentlink jobs send`")
      .option("--no-wait", "print the job id and exit"),
  );
  following(command).action(async (words: readonly string[], given: SubmitFlags) => {
    const { json, wait, timeout, output, idempotencyKey, request, data, postcode, preparedFor, callback, priority } =
      given;
    const { draft } = given;
    if (given.batch !== undefined) return submitAll(given.batch, words, given);
    if (!wait && output !== undefined) throw new Failure("usage", messages.noWaitWithOutput);
    if (request === "-" && data === "-") throw new Failure("usage", messages.oneStandardInput);
    const body = {
      ...(request === undefined ? {} : ((await readJson(request, "a request")) as object)),
      ...localityFields(words),
      ...ifGiven({ postcode, prepared_for: preparedFor, callback_url: callback, priority, draft }),
      ...requestFieldsOf(given),
      ...(data === undefined ? {} : { data: await readJson(data, "a data set") }),
    };
    if (!("suburb" in body)) throw new Failure("usage", messages.nameSuburb);
    process.exitCode = await submit({
      config: configure(flagsOf(given)),
      // The service reports what is wrong with it.
      request: body as ApiReportRequest,
      flags: { ...given, ...(words.length > 0 && { locality: words }) },
      wait,
      json,
      terminal: terminal(),
      ...ifGiven({ timeoutMs: timeout, output, idempotencyKey }),
    });
  });
}

/** A batch has all of its options in its file. */
async function submitAll(file: string, words: readonly string[], given: SubmitFlags): Promise<void> {
  const { json, output, idempotencyKey, request, data } = given;
  if (words.length > 0 || request !== undefined || data !== undefined || output !== undefined)
    throw new Failure("usage", messages.batchOnly);
  process.exitCode = await submitBatch(file, {
    config: configure(flagsOf(given)),
    json,
    terminal: terminal(),
    ...ifGiven({ idempotencyKey }),
  });
}

/** The fields of a request that the words of a locality stand for, over those of a file. The service reads the line. */
function localityFields(words: readonly string[]) {
  if (words.length === 0) return {};
  const line = words.join(" ");
  const ofFile = { postcode: undefined, post_code: undefined };
  return { suburb: line, ...ofFile, ...(readLocality(line).state === null ? {} : { state: undefined }) };
}

function following(command: Command): Command {
  return pending(
    command
      .optionsGroup("Result:")
      .option(
        "--timeout <duration>",
        "stop waiting after this time and exit with 5; the job continues",
        argument(duration(1)),
      )
      .option("-o, --output <file>", "download the PDF to this file or folder; - writes it to standard output"),
  );
}

function terminal(): Terminal {
  return {
    out: print,
    err: printError,
    progress: process.stderr,
    bytes: (bytes) => process.stdout.write(bytes),
    signal: interruption(),
  };
}
