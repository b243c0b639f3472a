import { type Command, Option } from "commander";
import type { ApiOverview } from "../../client/client.ts";
import { activatedSocket } from "../../http/server/socket-activation.ts";
import type { Config } from "../../settings/config.ts";
import { duration, integer } from "../../settings/setting.ts";
import { asEnvironment, describeConfig, howToChange, secretsOf, settings } from "../../settings/settings.ts";
import type { DoctorOptions } from "../doctor/doctor.ts";
import { CALLING_SETTINGS, configure, type Flags, SERVICE_SETTINGS, withSettings } from "../flags.ts";
import { argument } from "../option.ts";
import { print, printError, wantsColour } from "../terminal.ts";

export interface ServiceCommandDependencies {
  /** What the service calls itself with, to render a suspect job in a process of its own. */
  readonly renderCommand: readonly string[];
  readonly version: string;
  /** Examines the jobs' database, which the commands do not know. */
  readonly examine: DoctorOptions["examine"];
  readonly inUse: DoctorOptions["inUse"];
}

interface DoctorFlags {
  readonly deep: boolean;
  readonly offline: boolean;
  readonly oldClient?: string;
  readonly forService?: boolean;
  readonly json: boolean;
}

interface HealthcheckFlags {
  readonly ready: boolean;
  readonly timeout: number;
  readonly process?: number;
  readonly json: boolean;
}

/** The commands that run the service, or see whether it runs. */
export function serviceCommands(
  program: Command,
  { renderCommand, version, examine, inUse }: ServiceCommandDependencies,
): void {
  withSettings(
    program.command("serve").description("run the service until SIGTERM or Ctrl-C"),
    SERVICE_SETTINGS,
  ).action(async (flags: Flags) => {
    const config = configure(flags);
    // Each command loads its own work, so that no other waits for it.
    const [{ serve }, { createExamination }] = await Promise.all([
      import("../serve.ts"),
      import("../doctor/examination.ts"),
    ]);
    return serve(config, await openLog(config), renderCommand, activatedSocket(process.env, process.pid), {
      settings: describeConfig(process.env, flags),
      change: howToChange(process.env),
      examine: createExamination(renderCommand.slice(0, -1), asEnvironment(process.env, flags)),
    });
  });

  withSettings(
    program
      .command("demo")
      .description("run the service with sample data and make one report for Manly NSW")
      .option("--live", "use real data from Domain; needs AGENTLINK_DOMAIN_KEY", false),
    SERVICE_SETTINGS,
  ).action(async ({ live, ...flags }: Flags & { live: boolean }) => {
    const config = configure({ logLevel: "warn", ...flags });
    const { demo } = await import("../demo.ts");
    return demo(config, await openLog(config), renderCommand, print, { live });
  });

  withSettings(
    program
      .command("healthcheck")
      .description("check that the service responds, for containers: exit 0 or 1")
      .option("--ready", "also check that the service can process jobs (/readyz)", false)
      .addOption(
        new Option("--timeout <duration>", "maximum wait for the response")
          .argParser(argument(duration(1)))
          .default(5_000, "5s"),
      )
      .option("--process <pid>", "fail at once if this process (the service) has ended", argument(integer(1, 2 ** 22)))
      .option("--json", "print JSON", false),
    CALLING_SETTINGS,
  ).action(async ({ ready, timeout, process: pid, json, ...flags }: Flags & HealthcheckFlags) => {
    const config = configure(flags);
    const options = { ready, timeoutMs: timeout, ...(pid === undefined ? {} : { process: pid }), json };
    const { healthcheck } = await import("../healthcheck.ts");
    process.exitCode = await healthcheck({ config, ...options, out: print, err: printError });
  });

  withSettings(
    program
      .command("doctor")
      .description("check settings, disk, database, targets and service, and suggest fixes; exit 1 if a check fails")
      .option("--deep", "also check every index entry of the database; slow with many jobs", false)
      .option("--offline", "make no request outside this machine", false)
      .option("--old-client <file.json>", "instead, show how requests of the old service's clients would be handled")
      .addOption(new Option("--for-service", "the overview comes on standard input").hideHelp())
      .option("--json", "print JSON", false),
    settings.map(({ key }) => key),
  ).action(async ({ deep, offline, oldClient, json, forService, ...flags }: Flags & DoctorFlags) => {
    const { doctor } = await import("../doctor/doctor.ts");
    process.exitCode = await doctor({
      environment: process.env,
      flags,
      version,
      deep,
      offline,
      ...(oldClient === undefined ? {} : { oldClient }),
      json,
      ...(forService === true ? { overview: JSON.parse(await Bun.stdin.text()) as ApiOverview } : {}),
      examine,
      inUse,
      out: print,
    });
  });
}

async function openLog(config: Config) {
  const { createLog } = await import("../../observability/log.ts");
  return createLog({
    level: config.logLevel,
    format: config.logFormat,
    secrets: secretsOf(config),
    colour: wantsColour(),
  });
}
