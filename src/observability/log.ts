import { type DestinationStream, type Logger, pino } from "pino";
import { prettyFactory } from "pino-pretty";
import { visibleLine, visibleText } from "../text/visible-text.ts";
import { createLogWriter } from "./log-writer.ts";
import { messages } from "./messages.ts";

export type LogFormat = "auto" | "json" | "pretty";

export interface LogOptions {
  readonly level: string;
  /** `auto` is readable on a terminal, and JSON off one. */
  readonly format: LogFormat;
  /** Values that must never be written, wherever they come from. */
  readonly secrets: readonly string[];
  /** Where lines go, and whether that is a terminal; standard output by default. */
  readonly destination?: DestinationStream;
  readonly isTerminal?: boolean;
  /** False: none on a terminal either. */
  readonly colour?: boolean;
}

const STDOUT = 1;
const LOST = messages.linesLost;
const MASK = "********";
/** Shorter ones are words that occur by themselves. */
const SHORTEST_SECRET = 6;

/**
 * The service's log: one line an event, with `request_id`, `job_id` and `client` where there is one. Nothing secret is
 * in it: each line goes through {@link scrubber} on its way out, whatever wrote it.
 */
export function createLog(options: LogOptions): Logger {
  const { isTerminal = process.stdout.isTTY === true, format } = options;
  const readable = format === "pretty" || (format === "auto" && isTerminal);
  const scrub = scrubber(options.secrets);
  const destination = options.destination ?? createLogWriter(STDOUT, (lines) => log.warn({ lines }, LOST));
  const log: Logger = pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      // Beside its number, which programs compare, a level has its word.
      formatters: { level: (label, number) => ({ level: number, severity: label }) },
      hooks: { streamWrite: scrub },
    },
    readable ? prettily(destination, isTerminal && options.colour !== false) : destination,
  );
  return log;
}

/** In this process: a transport would be a thread that loads its module by a path, which a binary has not. */
function prettily(destination: DestinationStream, colorize: boolean): DestinationStream {
  const format = prettyFactory({ colorize, ignore: "severity", translateTime: "SYS:yyyy-mm-dd HH:MM:ss.l" });
  return { ...destination, write: (line) => destination.write(format(visibly(line))) };
}

/** A line whose texts show themselves as what they are, and stay on their line: but the calls that led to an error. */
function visibly(line: string): string {
  const shown = (key: string, value: unknown) =>
    typeof value !== "string" ? value : key === "stack" ? visibleText(value) : visibleLine(value);
  try {
    return JSON.stringify(JSON.parse(line, shown));
  } catch {
    return visibleText(line);
  }
}

/**
 * Redacts what must not be in the log: known secrets, anything that looks like a key or a token, and of each
 * address all but where it leads, because the path or query of a callback or a link may be a password.
 */
export function scrubber(secrets: readonly string[]): (line: string) => string {
  const known = secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    // As they are in JSON, the longest first: one may be a part of another.
    .map((secret) => JSON.stringify(secret).slice(1, -1))
    .sort((a, b) => b.length - a.length);
  return (line) => {
    // In JSON it is the same text, written so that a terminal shows it.
    let text = visibleText(line);
    for (const secret of known) text = text.replaceAll(secret, MASK);
    return text
      .replace(/\bal_[\w-]{43}(?![\w-])/g, `al_${MASK}`)
      .replace(/\bwhsec_[\w+/=-]+/g, `whsec_${MASK}`)
      .replace(/\b(Bearer|Basic) +[^\s"\\,]+/gi, `$1 ${MASK}`)
      .replace(/\b([a-z][a-z0-9+.-]*:\/\/)(?:[^\s"\\/?#@]*@)?([^\s"\\/?#]+)([/?#][^\s"\\]*)?/gi, shortened);
  };
}

function shortened(_address: string, scheme: string, host: string, rest: string | undefined): string {
  return `${scheme}${host}${rest === undefined || rest === "/" ? (rest ?? "") : "/…"}`;
}
