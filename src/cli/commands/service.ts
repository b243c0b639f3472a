import type { Command } from "commander";
import { pino } from "pino";
import { inheritedSocket } from "../../http/inherited.ts";
import { duration } from "../../setting.ts";
import { demo } from "../demo.ts";
import { ASKING_SETTINGS, configure, type Flags, SERVICE_SETTINGS, withSettings } from "../flags.ts";
import { healthcheck } from "../healthcheck.ts";
import { argument } from "../option.ts";
import { serve } from "../serve.ts";
import { complain, print } from "../terminal.ts";

/** The commands that run the service, or see whether it runs. */
export function serviceCommands(program: Command, renderCommand: readonly string[]): void {
  withSettings(
    program.command("serve").description("run the service until SIGTERM or Ctrl-C"),
    SERVICE_SETTINGS,
  ).action((flags: Flags) =>
    serve(configure(flags), createLog(flags), renderCommand, inheritedSocket(process.env, process.pid)),
  );

  withSettings(
    program
      .command("demo")
      .description("run the service with sample data and follow one report for Manly NSW to the end"),
    SERVICE_SETTINGS,
  ).action((flags: Flags) => demo(configure(flags), createLog({ logLevel: "warn", ...flags }), renderCommand, print));

  withSettings(
    program
      .command("healthcheck")
      .description("ask the service whether it is alive, for a container: exit 0 or 1")
      .option("--ready", "ask whether it does its work, too (what /readyz says)", false)
      .option("--timeout <duration>", "longest the answer may take", argument(duration(1)), 5_000),
    ASKING_SETTINGS,
  ).action(async ({ ready, timeout, ...flags }: Flags & { ready: boolean; timeout: number }) => {
    const config = configure(flags);
    process.exitCode = await healthcheck({ config, ready, timeoutMs: timeout, out: print, err: complain });
  });
}

function createLog(flags: Flags) {
  return pino({ level: configure(flags).logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime });
}
