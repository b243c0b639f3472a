import { ApiError, createClient } from "../../client/client.ts";
import { checkDropbox } from "../../delivery/dropbox/check.ts";
import type { SendRequest } from "../../delivery/dropbox/credentials.ts";
import { checkBucket } from "../../delivery/s3/check.ts";
import { asFailure, Failure } from "../../failure.ts";
import { openChannels } from "../../notify/channels.ts";
import { createOutbound } from "../../outbound/outbound.ts";
import { reportDay } from "../../report/day.ts";
import { checkDataSet } from "../../report/sources/checked-data-set.ts";
import { checkKey } from "../../report/sources/domain/check.ts";
import { domainOf } from "../../report/sources/domain/domain.ts";
import { createHttpSource, createSourceBreaker, sourceAddress } from "../../report/sources/http.ts";
import type { Config } from "../../settings/config.ts";
import { clockOf, timesIn } from "../clock.ts";
import { type DataFolderNotes, serviceOnAnotherFolder } from "../data-folder.ts";
import { describeQuota } from "../domain.ts";
import { dropboxInUse } from "../dropbox-account.ts";
import { keyToShow, serviceUrl } from "../service-url.ts";
import { testWrite } from "./data-folder.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";
import { messages } from "./messages.ts";

/** Whether a service responds at the address, is of this version, and does its work. */
export async function checkService(
  config: Config,
  version: string,
  inUse: DataFolderNotes["inUse"],
): Promise<readonly Finding[]> {
  const service = await checkResponse(config, version);
  const elsewhere = config.redisUrl === null ? await serviceOnAnotherFolder({ config, inUse }) : null;
  if (elsewhere === null) return [service];
  const found = messages.serviceElsewhere(elsewhere, config.dataDir);
  return [service, warn("data folder", found, messages.runDoctorThere)];
}

async function checkResponse(config: Config, version: string): Promise<Finding> {
  const url = serviceUrl(config);
  try {
    const client = createClient({ url, key: keyToShow(config), retryForMs: 0 });
    const { version: theirs } = await client.ready();
    if (theirs !== version)
      return warn("service", messages.otherVersion(url, theirs, version), "restart it: docs/upgrade.md");
    return ok("service", `${url} is ready`);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.code === "unreachable") return warn("service", messages.noService(url), messages.startService);
    if (error.code === "not_ready")
      return fail("service", `${url} is not ready: ${timesIn(error.message, clockOf(config))}`, messages.fixProblem);
    return fail("service", error.message, messages.addressTaken);
  }
}

/** Whether finished reports can be put where they go, a finding a target. */
export async function checkDeliveries(config: Config, send?: SendRequest): Promise<readonly Finding[]> {
  const isSet = config.delivery.includes("dropbox");
  // Linked in the browser, it is a target, whatever the settings.
  const { isLinked } = isSet ? { isLinked: false } : await dropboxInUse(config);
  return Promise.all(
    [...config.delivery, ...(isLinked ? ["dropbox" as const] : [])].map(async (target) => {
      const what = `delivery: ${target}`;
      try {
        return ok(what, await REACH[target](config, send));
      } catch (error) {
        return fail(what, asFailure(error).message, "see docs/delivery.md");
      }
    }),
  );
}

const REACH = {
  async folder({ deliveryFolder }) {
    try {
      await testWrite(deliveryFolder);
    } catch (cause) {
      const message = messages.folderNotWritable(deliveryFolder, asFailure(cause).message);
      throw new Failure("delivery_denied", message, { cause });
    }
    return `${deliveryFolder} is writable`;
  },
  async dropbox(config, send) {
    const { keys, isLinked } = await dropboxInUse(config);
    const { dropboxFolder: folder, dropboxPathRoot: pathRoot } = config;
    let account = "";
    await checkDropbox({ keys: () => keys, folder, pathRoot, ...(send && { fetch: send }) }, (line) => {
      if (account === "") account = line.replace(/^The account is |\.$/g, "");
    });
    return messages.dropboxTested(account, isLinked);
  },
  async s3({ s3Endpoint: endpoint, s3Region: region, s3Bucket: bucket, s3Prefix: prefix, ...config }) {
    const { s3AccessKeyId: accessKeyId, s3SecretAccessKey: secretAccessKey } = config;
    await checkBucket({ endpoint, region, bucket, prefix, accessKeyId, secretAccessKey }, () => {});
    return messages.bucketTested(bucket);
  },
} as const satisfies Record<Config["delivery"][number], (config: Config, send?: SendRequest) => Promise<string>>;

/** Whether Domain takes the key, what of a report its packages bring, and what is left of the quota. */
export async function checkDomain(config: Config): Promise<readonly Finding[]> {
  const domain = domainOf(config, { breaker: createSourceBreaker() });
  if (domain === null) return [];
  try {
    const { parts, quota } = await checkKey(domain.client, LOCALITY, reportDay(new Date().toISOString(), LOCALITY));
    const found = `${new URL(config.domainUrl).host} accepts the key; ${describeQuota(quota)}`;
    const lacking = parts.filter(({ state }) => state !== "allowed").map(({ part }) => part);
    if (lacking.length === 0) return [ok("domain", found)];
    const advice = messages.addPackage;
    return [warn("domain", `${found}; reports lack ${lacking.join(", ")}`, advice)];
  } catch (error) {
    return [fail("domain", asFailure(error).message, messages.seeDomain)];
  } finally {
    domain.close();
  }
}

const LOCALITY = { suburb: "Manly", state: "NSW", postcode: "2095" } as const;

/** Whether the operator's own data source, and the address for callbacks, may be and are reached. */
export async function checkSource(config: Config): Promise<readonly Finding[]> {
  const outbound = createOutbound({ allowHosts: config.allowHosts, allowHttp: config.allowHttp });
  const findings: Finding[] = [];
  const { sourceUrl: url, sourceHeaders: headers, callbackUrl } = config;
  const attempt = async (what: string, advice: string, work: () => Promise<string> | string) => {
    try {
      findings.push(ok(what, await work()));
    } catch (error) {
      findings.push(fail(what, asFailure(error).message, advice));
    }
  };
  if (callbackUrl !== null)
    await attempt("callbacks", messages.correctCallback, () => {
      const { host } = outbound.check(callbackUrl);
      return messages.callbacksGo(host);
    });
  if (url !== null)
    await attempt("source", "correct AGENTLINK_SOURCE_URL and AGENTLINK_SOURCE_HEADERS: docs/delivery.md", async () => {
      const { host } = new URL(sourceAddress(url, LOCALITY));
      const dataSet = await createHttpSource({
        url,
        headers,
        cacheMs: 0,
        outbound,
        breaker: createSourceBreaker(),
        check: checkDataSet,
      }).dataSet(LOCALITY);
      return `${host} ${dataSet === null ? messages.sourceWithoutManly : messages.sourceResponds}`;
    });
  return findings;
}

/** Whether notifications of problems are set up; it sends nothing. */
export function checkNotify(config: Config): Finding {
  const { notifyMail, smtpUrl, notifyWebhook, allowHosts, allowHttp } = config;
  if (notifyMail.length > 0 && smtpUrl === null)
    return fail("notify", messages.mailWithoutServer, "set AGENTLINK_SMTP_URL");
  if (notifyMail.length === 0 && smtpUrl !== null)
    return warn("notify", messages.serverWithoutMail, "set AGENTLINK_NOTIFY_MAIL");
  const outbound = createOutbound({ allowHosts, allowHttp });
  if (notifyWebhook !== null) outbound.check(notifyWebhook);
  const names = openChannels(config, outbound).map(({ name }) => name);
  if (names.length === 0) return ok("notify", messages.notificationsOff);
  return ok("notify", messages.notifiedBy(names.join(" and ")));
}
