import { post, type RunningBinary, run, startBinary, temporaryFolder } from "../e2e/binary.ts";
import { importManly } from "../e2e/jobs.ts";
import { freePort } from "../free-port.ts";
import { until } from "../until.ts";

/** The compiled binary over the sample catalogue: reports on Manly come to be, those on Bondi fail for lack of data. */
export interface SampleService {
  readonly url: string;
  readonly dataDir: string;
  /** Ends the service, for a while. */
  stop(): Promise<void>;
  /** Starts it again at the same address. */
  start(): Promise<void>;
  request<T>(path: string, init?: RequestInit): Promise<T>;
  /** Requests a report, the short one where there is data; returns the job's id. */
  submit(suburb?: string, fields?: Readonly<Record<string, unknown>>): Promise<string>;
  /** Creates a key by the command line; returns its secret once the service requires and accepts it. */
  createKey(name: string, scope: string): Promise<string>;
}

/** The full report on these fails; the short one would be a page that states it. */
const WITHOUT_DATA = ["Bondi", "Penrith"];
/** It takes a third of the processor time. */
const SHORT = { edition: "brief" };

/** `settings` are beside those that every service has. */
export async function openSampleService(settings: Readonly<Record<string, string>> = {}): Promise<SampleService> {
  const dataDir = temporaryFolder();
  await importManly(dataDir);
  // So that a test can take callbacks itself.
  const env = {
    AGENTLINK_PORT: String(freePort()),
    AGENTLINK_ALLOW_HOSTS: "127.0.0.1",
    AGENTLINK_ALLOW_CALLBACK_HOSTS: "127.0.0.1",
    ...settings,
  };
  let service: RunningBinary = await startBinary({ dataDir, env });
  const { url } = service;
  const request = async <T>(path: string, init: RequestInit = {}) => {
    const response = await fetch(url + path, init);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
  return {
    url,
    dataDir,
    request,
    submit: (suburb = "Manly", fields = {}) =>
      post(url, { suburb, state: "NSW", ...(WITHOUT_DATA.includes(suburb) ? {} : SHORT), ...fields }),
    async createKey(name, scope) {
      const { stdout, stderr } = await run(["keys", "create", "--name", name, "--scope", scope, "--data-dir", dataDir]);
      const secret = /al_[\w-]+/.exec(stdout)?.[0];
      if (secret === undefined) throw new Error(stdout + stderr);
      const statusOf = async (headers = {}) => (await fetch(`${url}/api/jobs`, { headers })).status;
      const isKnown = async () =>
        (await statusOf()) === 401 && (await statusOf({ Authorization: `Bearer ${secret}` })) !== 401;
      await until(isKnown, 60_000, `the key ${name} to be known`);
      return secret;
    },
    async stop() {
      await service.end("SIGTERM");
    },
    async start() {
      service = await startBinary({ dataDir, env: env });
    },
  };
}
