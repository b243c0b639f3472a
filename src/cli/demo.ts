import { join, resolve } from "node:path";
import type { Logger } from "pino";
import { readLocalKey } from "../access/keys/local-key.ts";
import { Failure } from "../failure.ts";
import { makePrivateFolder } from "../host/files/private-folder.ts";
import { openCatalogue } from "../report/sources/catalogue.ts";
import { usesDomain } from "../report/sources/domain/domain.ts";
import { importSample } from "../report/sources/sample.ts";
import { startService } from "../service.ts";
import type { Config } from "../settings/config.ts";
import { messages } from "./messages.ts";
import { untilSignal } from "./serve.ts";

interface JobStatus {
  readonly status: string;
  readonly stage: string;
  readonly progress: number;
  /** "" where it did not fail. */
  readonly error: string;
  readonly result: {
    readonly pdf_url: string;
    readonly delivered_to: string;
    readonly pages: number;
    readonly bytes: number;
  };
}

const FOLLOW_EVERY_MS = 100;
const LOCALITY = { suburb: "Manly", state: "NSW" };
const SAMPLE_REQUEST = { ...LOCALITY, prepared_for: "Norfolk & Pine Property" };

/**
 * The product in one command: starts the service with the sample data, posts a report for Manly NSW as a client would,
 * follows it to the end, prints where everything is, and continues to serve, in a folder of its own below the data
 * folder. `live`: with real data of Domain, where its key is set, in another one.
 */
export async function demo(
  given: Config,
  log: Logger,
  renderCommand: readonly string[],
  print: (line: string) => void,
  { live }: { readonly live: boolean },
): Promise<void> {
  const isLive = live && usesDomain(given);
  if (live && !isLive) print(messages.demoWithoutDomain);
  // The sample never mixes with an operator's own data.
  const dataDir = join(given.dataDir, isLive ? "live" : "demo");
  const own = resolve(given.deliveryFolder) === resolve(given.dataDir, "delivered");
  const apart = { ...given, dataDir, ...(own ? { deliveryFolder: resolve(dataDir, "delivered") } : {}) };
  const config = isLive ? apart : { ...apart, domainKey: "", domainClientId: "", domainClientSecret: "" };
  const request = isLive ? LOCALITY : SAMPLE_REQUEST;
  if (!isLive) await fillWithSample(dataDir);
  const service = await startService(config, log, renderCommand);
  const headers = showing(readLocalKey(config.dataDir));
  print(messages.demoUp(service.url, config.dataDir));
  print(isLive ? messages.demoOfDomain(new URL(config.domainUrl).host) : messages.demoSample);

  print(`POST ${service.url}/api/generate-agents-report ${JSON.stringify(request)}`);
  const posted = await call<{ job_id: string }>(`${service.url}/api/generate-agents-report`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(request),
  });
  const job = await follow(`${service.url}/api/job-status/${posted.job_id}`, headers, print);
  if (job.status !== "completed") throw new Failure("demo", `the report ${job.status}: ${job.error}`);

  const { result } = job;
  print("");
  print(`The report   ${result.delivered_to}  (${messages.pdfSize(result.pages, result.bytes)})`);
  print(`Over HTTP    ${new URL(result.pdf_url, service.url)}`);
  print(`Dashboard    ${service.url}/`);
  print(`API          ${service.url}/docs`);
  print(`Database     sqlite3 -readonly ${join(config.dataDir, "agentlink.db")} 'SELECT id, status, suburb FROM jobs'`);
  // A person who reads the line may press Ctrl-C at once.
  const signal = untilSignal();
  print("Serving until Ctrl-C.");
  await signal;
  print(messages.demoStopping);
  await service.stop();
  print(messages.demoStopped);
  process.exit(0);
}

/** Before the start: a service without data warns that it has none. */
async function fillWithSample(dataDir: string): Promise<void> {
  await makePrivateFolder(dataDir);
  // The service sets it for itself, and takes the one before for delivered copies.
  const umask = process.umask(0o077);
  const catalogue = openCatalogue({ path: join(dataDir, "catalogue.db") });
  try {
    await importSample(catalogue);
  } finally {
    catalogue.close();
    process.umask(umask);
  }
}

/** Where the system does not reveal whose program calls, the key in the data folder does. */
function showing(key: string | null): Readonly<Record<string, string>> {
  return key === null ? {} : { "x-api-key": key };
}

async function follow(
  url: string,
  headers: Readonly<Record<string, string>>,
  print: (line: string) => void,
): Promise<JobStatus> {
  for (let last = ""; ; ) {
    const job = await call<JobStatus>(url, { headers });
    const line = `${String(job.progress).padStart(4)} %  ${job.stage}`;
    if (line !== last) print(line);
    last = line;
    if (job.status !== "processing") return job;
    await Bun.sleep(FOLLOW_EVERY_MS);
  }
}

async function call<T>(url: string, init?: RequestInit): Promise<T> {
  const response = await fetch(url, init);
  if (!response.ok) throw new Failure("demo", `${url} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}
