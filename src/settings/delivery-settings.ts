import { readFileNames, readFolders } from "../delivery/path.ts";
import { TARGETS } from "../queue/target-records.ts";
import type { Config } from "./config.ts";
import {
  absoluteUrl,
  callbackSecret,
  dropboxFolderPath,
  folderPath,
  hosts,
  listOf,
  namespace,
  nonEmpty,
  optional,
  path,
  printable,
  type Setting,
  s3Bucket,
  s3Region,
  serviceUrl,
  setting,
  timeZone,
  yesNo,
} from "./setting.ts";

type Settings = { readonly [K in keyof Config]?: Setting<Config[K]> };

/** Delivery. */
export const DELIVERY = {
  delivery: setting(
    "DELIVERY",
    "list",
    "folder",
    "Delivery targets of finished reports: folder, dropbox, s3 or several, such as folder,dropbox.",
    listOf(...TARGETS),
  ),
  deliveryFolder: setting(
    "DELIVERY_FOLDER",
    "folder",
    "",
    "Folder for finished reports; if empty, delivered/ in the data folder.",
    (text) => (text === "" ? "" : path(text)),
  ),
  fileNames: setting(
    "FILE_NAME",
    "pattern",
    "",
    "File names of the documents, such as {suburb}_{kind}_{short_id} or agents={suburb}_{job_id};commission=…, with {suburb}, {suburb_}, {state}, {date}, {job_id}, {short_id} and {kind}; v1 for the names of the old service.",
    readFileNames,
  ),
  folders: setting(
    "FOLDER",
    "pattern",
    "",
    "Folders of the documents within the target, such as {state}/{suburb}, with the same placeholders; v1 for the folders of the old service.",
    readFolders,
  ),
  reportDateZone: setting(
    "REPORT_DATE",
    "suburb|zone",
    "suburb",
    "Time zone of a report's date, on its cover and in its file and folder names: suburb for the zone of the suburb, or one zone for all, such as Australia/Sydney.",
    (text) => (text === "suburb" || text === "" ? null : timeZone(text)),
  ),
  dropboxAppKey: setting(
    "DROPBOX_APP_KEY",
    "key",
    "",
    "App key of your Dropbox app; may be empty if Dropbox is linked in the browser.",
    printable,
  ),
  dropboxAppSecret: setting(
    "DROPBOX_APP_SECRET",
    "secret",
    "",
    "App secret; empty if `agentlink dropbox login` created the refresh token.",
    optional(nonEmpty),
    true,
  ),
  dropboxRefreshToken: setting(
    "DROPBOX_REFRESH_TOKEN",
    "token",
    "",
    "Refresh token of the Dropbox account, as `agentlink dropbox login` prints it. An account that is linked in the browser is used instead of this one.",
    printable,
    true,
  ),
  dropboxFolder: setting(
    "DROPBOX_FOLDER",
    "path",
    "",
    "Dropbox folder for reports; if empty, the top folder.",
    dropboxFolderPath,
  ),
  dropboxPathRoot: setting(
    "DROPBOX_PATH_ROOT",
    "namespace",
    "",
    "Dropbox namespace of the paths: empty for the account's own, team for the team's, or the number of a namespace.",
    optional(namespace),
  ),
  dropboxShare: setting("DROPBOX_SHARE", "yes|no", "no", "Add a Dropbox shared link to each result.", yesNo),
  s3Endpoint: setting(
    "S3_ENDPOINT",
    "url",
    "",
    "Address of the S3 service, such as https://fsn1.your-objectstorage.com; if empty, AWS.",
    optional(serviceUrl),
  ),
  s3Region: setting("S3_REGION", "region", "us-east-1", "Region of the bucket; auto for Cloudflare R2.", s3Region),
  s3Bucket: setting("S3_BUCKET", "name", "", "Bucket for reports.", s3Bucket),
  s3AccessKeyId: setting("S3_ACCESS_KEY_ID", "id", "", "Access key of the bucket.", printable),
  s3SecretAccessKey: setting("S3_SECRET_ACCESS_KEY", "secret", "", "Secret access key of the bucket.", printable, true),
  s3Prefix: setting("S3_PREFIX", "path", "", "Prefix of the object keys; if empty, the top of the bucket.", folderPath),
  s3PublicUrl: setting(
    "S3_PUBLIC_URL",
    "url",
    "",
    "Public address of the bucket, such as https://f003.backblazeb2.com/file/reports: the links of documents begin with it. Empty for a private bucket.",
    optional((text) => serviceUrl(text).replace(/\/+$/, "")),
  ),
} satisfies Settings;

/** Callbacks, and addresses that may be reached. */
export const CALLBACKS = {
  callbackUrl: setting(
    "CALLBACK_URL",
    "url",
    "",
    "Callback address for jobs whose request has no callback_url.",
    optional(absoluteUrl),
    true,
  ),
  callbackSecret: setting(
    "CALLBACK_SECRET",
    "secret",
    "",
    "Secret that signs callbacks (Standard Webhooks): whsec_ and base64, or the new and the old secret separated by a space during a rotation; if empty, the secret in callback.secret in the data folder.",
    optional(callbackSecret),
    true,
  ),
  allowHosts: setting(
    "ALLOW_HOSTS",
    "list",
    "",
    "Private hosts, or hosts without https, that are allowed in AGENTLINK_SOURCE_URL and AGENTLINK_CALLBACK_URL, such as hooks.internal,*.lan,10.0.0.0/8.",
    hosts,
  ),
  allowHttp: setting(
    "ALLOW_HTTP",
    "yes|no",
    "no",
    "Allow http to public hosts in AGENTLINK_SOURCE_URL and AGENTLINK_CALLBACK_URL.",
    yesNo,
  ),
  allowCallbackHosts: setting(
    "ALLOW_CALLBACK_HOSTS",
    "list",
    "",
    "Private hosts, hosts without https, or addresses of this machine that are allowed in callback_url, such as n8n.internal,127.0.0.1:5678.",
    hosts,
  ),
  allowCallbackHttp: setting(
    "ALLOW_CALLBACK_HTTP",
    "yes|no",
    "no",
    "Allow http to public hosts in callback_url.",
    yesNo,
  ),
} satisfies Settings;
