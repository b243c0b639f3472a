import { ApiError, type Client, type ClientOptions, createClient } from "../client/client.ts";
import { Failure } from "../failure.ts";
import type { Config } from "../settings/config.ts";
import { messages } from "./messages.ts";
import { keyToShow, serviceUrl } from "./service-url.ts";

export type ServiceAddress = Pick<Config, "url" | "key" | "host" | "port" | "dataDir">;

/**
 * Works with the running service. Where nothing responds it fails at once, unless it should wait.
 * @throws Failure with the service's own words, or how to start it.
 */
export async function withService<T>(
  config: ServiceAddress,
  work: (client: Client) => Promise<T>,
  options: Partial<ClientOptions> = {},
): Promise<T> {
  const url = serviceUrl(config);
  try {
    return await work(createClient({ url, key: keyToShow(config), unreachableMs: 0, ...options }));
  } catch (error) {
    if (error instanceof ApiError) throw asFailureOf(error, url);
    throw error;
  }
}

function asFailureOf(error: ApiError, url: string): Failure {
  const options = { cause: error, details: error.details };
  switch (error.code) {
    case "unreachable":
      return new Failure("unreachable", messages.noServiceAt(url), options);
    case "key_required":
    case "key_unknown":
      return new Failure(error.code, messages.withKeyHint(error.message), options);
    default:
      return new Failure(error.code, optionNamed(error) ?? [error.message, ...problemLines(error)].join("\n"), options);
  }
}

/** Parameters whose options have other names. */
const OPTIONS: Readonly<Record<string, string>> = {
  q: "search",
  created_after: "since",
  created_before: "until",
  ended_after: "ended-since",
  ended_before: "ended-until",
};

function optionOf(parameter: string): string {
  return `--${OPTIONS[parameter] ?? parameter.replaceAll("_", "-")}`;
}

/** What is wrong with a query parameter, by the option that it was given as. */
function optionNamed({ problems: [problem] }: ApiError): string | null {
  if (typeof problem?.parameter !== "string") return null;
  const message = String(problem.message).replaceAll(/`(\w+)`/g, (_, name: string) => optionOf(name));
  return `${optionOf(problem.parameter)} ${message}`;
}

/** Every problem of a request, except those that the message contains already. */
function problemLines({ problems, message }: ApiError): readonly string[] {
  return problems.flatMap((problem) => {
    const field = problem.path ?? problem.parameter ?? problem.index;
    const text = String(problem.message ?? "");
    return text === "" || message.toLowerCase().includes(text.toLowerCase())
      ? []
      : [field === undefined ? `  ${text}` : `  ${field}: ${text}`];
  });
}
