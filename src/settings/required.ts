import { messages } from "./messages.ts";

const NEEDED = {
  folder: [],
  // Its account may be linked in the browser, while the service runs.
  dropbox: [],
  s3: ["s3Bucket", "s3AccessKeyId", "s3SecretAccessKey"],
} as const;

type RequiringTarget = keyof typeof NEEDED;

/** A setting that another one needs. */
export interface Missing {
  readonly key:
    | (typeof NEEDED)[RequiringTarget][number]
    | "dropboxAppKey"
    | "reports"
    | "deliveryFolder"
    | "domainClientId"
    | "domainClientSecret";
  readonly reason: string;
}

/** The settings as they were read; those that could not be are left out. */
type SettingValues = Readonly<
  Partial<
    Record<Missing["key"] | "dropboxRefreshToken", unknown> & {
      readonly delivery: readonly RequiringTarget[];
      readonly redisUrl: string | null;
    }
  >
>;

/** What must be set beside what is set, and is not. */
export function missing(values: SettingValues): readonly Missing[] {
  return [
    ...forTargets(values),
    ...forReports(values),
    ...forSeveralHosts(values),
    ...forDomain(values),
    ...forDropbox(values),
  ];
}

/** A refresh token is of an app. */
function forDropbox({ delivery, dropboxAppKey = "", dropboxRefreshToken = "" }: SettingValues): readonly Missing[] {
  if (!delivery?.includes("dropbox") || dropboxRefreshToken === "" || dropboxAppKey !== "") return [];
  return [{ key: "dropboxAppKey", reason: "AGENTLINK_DROPBOX_REFRESH_TOKEN is set (see docs/delivery.md)" }];
}

/** A client of OAuth 2 and its secret go together. */
function forDomain({ domainClientId: id = "", domainClientSecret: secret = "" }: SettingValues): readonly Missing[] {
  if ((id === "") === (secret === "")) return [];
  const key = id === "" ? "domainClientId" : "domainClientSecret";
  const other = id === "" ? "AGENTLINK_DOMAIN_CLIENT_SECRET" : "AGENTLINK_DOMAIN_CLIENT_ID";
  return [{ key, reason: messages.domainNeedsBoth(other) }];
}

/** A chosen target whose settings are not all there. */
function forTargets(values: SettingValues): readonly Missing[] {
  return (values.delivery ?? []).flatMap((target) =>
    NEEDED[target]
      .filter((key) => values[key] === "")
      .map((key) => ({ key, reason: `AGENTLINK_DELIVERY names ${target} (see docs/delivery.md)` })),
  );
}

function forReports(values: SettingValues): readonly Missing[] {
  const { reports, delivery } = values;
  if (reports !== "s3" || delivery?.includes("s3")) return [];
  return NEEDED.s3
    .filter((key) => values[key] === "")
    .map((key) => ({ key, reason: "AGENTLINK_REPORTS is s3 (see docs/several-hosts.md)" }));
}

/** What several hosts must have in common. */
function forSeveralHosts({ redisUrl, reports, delivery, deliveryFolder }: SettingValues): readonly Missing[] {
  if (!redisUrl) return [];
  const reason = messages.sharedReports;
  return [
    ...(reports === null ? [{ key: "reports" as const, reason }] : []),
    ...(delivery?.includes("folder") && deliveryFolder === "" ? [{ key: "deliveryFolder" as const, reason }] : []),
  ];
}
