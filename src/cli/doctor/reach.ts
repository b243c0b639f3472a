import { ApiError, createClient } from "../../client/client.ts";
import { checkDropbox } from "../../delivery/dropbox/check.ts";
import { checkBucket } from "../../delivery/s3/check.ts";
import { asFailure, Failure } from "../../failure.ts";
import { createOutbound } from "../../outbound/outbound.ts";
import { reportDay } from "../../report/day.ts";
import { checkKey } from "../../report/sources/domain/check.ts";
import { domainOf } from "../../report/sources/domain/domain.ts";
import { checkDataSet, createHttpSource, createSourceBreaker, sourceAddress } from "../../report/sources/http.ts";
import type { Config } from "../../settings/config.ts";
import { clockOf, timesIn } from "../clock.ts";
import { type DataFolderNotes, serviceOnAnotherFolder } from "../data-folder.ts";
import { describeQuota } from "../domain.ts";
import { keyToShow, serviceUrl } from "../service-url.ts";
import { tryToWrite } from "./data-folder.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

/** Whether a service answers at the address, is of this version, and does its work. */
export async function checkService(
  config: Config,
  version: string,
  inUse: DataFolderNotes["inUse"],
): Promise<readonly Finding[]> {
  const service = await checkAnswer(config, version);
  const elsewhere = config.redisUrl === null ? await serviceOnAnotherFolder({ config, inUse }) : null;
  if (elsewhere === null) return [service];
  const found = `the service at ${elsewhere} does not use ${config.dataDir}: the checks of this folder do not apply to that service`;
  return [
    service,
    warn("data folder", found, "run the doctor where the service runs, or name its folder with --data-dir"),
  ];
}

async function checkAnswer(config: Config, version: string): Promise<Finding> {
  const url = serviceUrl(config);
  try {
    const client = createClient({ url, key: keyToShow(config), patienceMs: 0 });
    const { version: theirs } = await client.ready();
    if (theirs !== version)
      return warn(
        "service",
        `${url} is ready, but runs version ${theirs}; this program is version ${version}`,
        "restart it: docs/upgrade.md",
      );
    return ok("service", `${url} is ready`);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.code === "unreachable")
      return warn(
        "service",
        `no service responds at ${url}`,
        "start the service with `agentlink serve`, or give its address with --url",
      );
    if (error.code === "not_ready")
      return fail(
        "service",
        `${url} is not ready: ${timesIn(error.message, clockOf(config))}`,
        "fix the reported problem; jobs then resume automatically",
      );
    return fail("service", error.message, "another program may use this address: set AGENTLINK_PORT or AGENTLINK_URL");
  }
}

/** Whether finished reports can be put where they go, a finding a target. */
export function checkDeliveries(config: Config): Promise<readonly Finding[]> {
  return Promise.all(
    config.delivery.map(async (target) => {
      const what = `delivery: ${target}`;
      try {
        return ok(what, await REACH[target](config));
      } catch (error) {
        return fail(what, asFailure(error).message, "see docs/delivery.md");
      }
    }),
  );
}

const REACH = {
  async folder({ deliveryFolder }) {
    try {
      await tryToWrite(deliveryFolder);
    } catch (cause) {
      const said = `${deliveryFolder} cannot be written (${asFailure(cause).message}): give the service's user write permission`;
      throw new Failure("delivery_denied", said, { cause });
    }
    return `${deliveryFolder} is writable`;
  },
  async dropbox(config) {
    const { dropboxAppKey: appKey, dropboxAppSecret: appSecret, dropboxRefreshToken: refreshToken } = config;
    // Whoever linked one in the browser sees there how it is; so does readiness, and the check of the service.
    if (refreshToken === "") return "no account in the settings: the dashboard's Delivery page has the linked one";
    let account = "";
    const keys = { appKey, appSecret, refreshToken };
    await checkDropbox({ keys: () => keys, folder: config.dropboxFolder, pathRoot: config.dropboxPathRoot }, (line) => {
      if (account === "") account = line.replace(/^The account is |\.$/g, "");
    });
    return `uploaded, read and deleted a test file; ${account}`;
  },
  async s3({ s3Endpoint: endpoint, s3Region: region, s3Bucket: bucket, s3Prefix: prefix, ...config }) {
    const { s3AccessKeyId: accessKeyId, s3SecretAccessKey: secretAccessKey } = config;
    await checkBucket({ endpoint, region, bucket, prefix, accessKeyId, secretAccessKey }, () => {});
    return `uploaded, read and deleted a test object in the bucket ${bucket}`;
  },
} as const satisfies Record<Config["delivery"][number], (config: Config) => Promise<string>>;

/** Whether Domain takes the key, what of a report its packages bring, and what is left of the quota. */
export async function checkDomain(config: Config): Promise<readonly Finding[]> {
  const domain = domainOf(config, { breaker: createSourceBreaker() });
  if (domain === null) return [];
  try {
    const { parts, quota } = await checkKey(domain.client, PLACE, reportDay(new Date().toISOString(), PLACE));
    const found = `${new URL(config.domainUrl).host} accepts the key; ${describeQuota(quota)}`;
    const lacking = parts.filter(({ state }) => state !== "allowed").map(({ part }) => part);
    if (lacking.length === 0) return [ok("domain", found)];
    const advice = "add the package to the key's project at developer.domain.com.au: docs/domain.md";
    return [warn("domain", `${found}; reports lack ${lacking.join(", ")}`, advice)];
  } catch (error) {
    return [fail("domain", asFailure(error).message, "see docs/domain.md, then run the doctor again")];
  } finally {
    domain.close();
  }
}

const PLACE = { suburb: "Manly", state: "NSW", postcode: "2095" } as const;

/** Whether the operator's own data source, and the address for callbacks, may be and are reached. */
export async function checkSource(config: Config): Promise<readonly Finding[]> {
  const outbound = createOutbound({ allowHosts: config.allowHosts, allowHttp: config.allowHttp });
  const findings: Finding[] = [];
  const { sourceUrl: url, sourceHeaders: headers, callbackUrl } = config;
  const look = async (what: string, advice: string, work: () => Promise<string> | string) => {
    try {
      findings.push(ok(what, await work()));
    } catch (error) {
      findings.push(fail(what, asFailure(error).message, advice));
    }
  };
  if (callbackUrl !== null)
    await look("callbacks", "correct AGENTLINK_CALLBACK_URL, or allow its host in AGENTLINK_ALLOW_HOSTS", () => {
      const { host } = outbound.check(callbackUrl);
      return `go to ${host} unless a request names another address`;
    });
  if (url !== null)
    await look("source", "correct AGENTLINK_SOURCE_URL and AGENTLINK_SOURCE_HEADERS: docs/delivery.md", async () => {
      const { host } = new URL(sourceAddress(url, PLACE));
      const dataSet = await createHttpSource({
        url,
        headers,
        cacheMs: 0,
        outbound,
        breaker: createSourceBreaker(),
        check: checkDataSet,
      }).dataSet(PLACE);
      return `${host} ${dataSet === null ? "responds, but has no data for Manly NSW" : "responds with data for Manly NSW"}`;
    });
  return findings;
}
