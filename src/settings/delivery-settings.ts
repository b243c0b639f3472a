import { readFileNames, readFolders } from "../delivery/path.ts";
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
  yesNo,
} from "./setting.ts";

type Settings = { readonly [K in keyof Config]?: Setting<Config[K]> };

/** Delivery. */
export const DELIVERY = {
  delivery: setting(
    "DELIVERY",
    "list",
    "folder",
    "Where finished reports go: folder, dropbox, s3 or several, such as folder,dropbox.",
    listOf("folder", "dropbox", "s3"),
  ),
  deliveryFolder: setting(
    "DELIVERY_FOLDER",
    "folder",
    "",
    "Folder finished reports are put into; empty is delivered/ in the data folder.",
    (text) => (text === "" ? "" : path(text)),
  ),
  fileNames: setting(
    "FILE_NAME",
    "pattern",
    "",
    "Names of the documents, such as {suburb}_{kind}_{short_id} or agents={suburb}_{job_id};commission=…, of {suburb}, {suburb_}, {state}, {date}, {job_id}, {short_id} and {kind}; v1 for those of the old service.",
    readFileNames,
  ),
  folders: setting(
    "FOLDER",
    "pattern",
    "",
    "Folders they go into below the target, such as {state}/{suburb}, in the same way; v1 for those of the old service.",
    readFolders,
  ),
  dropboxAppKey: setting("DROPBOX_APP_KEY", "key", "", "App key of your Dropbox app.", printable),
  dropboxAppSecret: setting(
    "DROPBOX_APP_SECRET",
    "secret",
    "",
    "App secret; empty where `agentlink dropbox login` made the refresh token.",
    optional(nonEmpty),
    true,
  ),
  dropboxRefreshToken: setting(
    "DROPBOX_REFRESH_TOKEN",
    "token",
    "",
    "Refresh token of the Dropbox account, as `agentlink dropbox login` prints it.",
    printable,
    true,
  ),
  dropboxFolder: setting(
    "DROPBOX_FOLDER",
    "path",
    "",
    "Dropbox folder reports go below; empty is the top.",
    dropboxFolderPath,
  ),
  dropboxPathRoot: setting(
    "DROPBOX_PATH_ROOT",
    "namespace",
    "",
    "Dropbox space paths are in: empty is the account's own, team is the team's, a number is that namespace.",
    optional(namespace),
  ),
  dropboxShare: setting("DROPBOX_SHARE", "yes|no", "no", "Put a Dropbox shared link into each result.", yesNo),
  s3Endpoint: setting(
    "S3_ENDPOINT",
    "url",
    "",
    "Address of the S3 service, such as https://fsn1.your-objectstorage.com; empty is AWS.",
    optional(serviceUrl),
  ),
  s3Region: setting("S3_REGION", "region", "us-east-1", "Region of the bucket; auto for Cloudflare R2.", s3Region),
  s3Bucket: setting("S3_BUCKET", "name", "", "Bucket reports go into.", s3Bucket),
  s3AccessKeyId: setting("S3_ACCESS_KEY_ID", "id", "", "Access key of the bucket.", printable),
  s3SecretAccessKey: setting("S3_SECRET_ACCESS_KEY", "secret", "", "Its secret.", printable, true),
  s3Prefix: setting("S3_PREFIX", "path", "", "Prefix of the reports' keys; empty is the bucket's top.", folderPath),
  s3PublicUrl: setting(
    "S3_PUBLIC_URL",
    "url",
    "",
    "Address at which everybody may read the bucket, such as https://f003.backblazeb2.com/file/reports; the link of each document is below it. Empty for a private bucket.",
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
    "Signs callbacks, as Standard Webhooks say: whsec_ and base64, or the new and the old one with a blank between while receivers change; empty is the one in callback.secret in the data folder.",
    optional(callbackSecret),
    true,
  ),
  allowHosts: setting(
    "ALLOW_HOSTS",
    "list",
    "",
    "Hosts that AGENTLINK_SOURCE_URL and AGENTLINK_CALLBACK_URL may lead to though they are private or without https, such as hooks.internal,*.lan,10.0.0.0/8,127.0.0.1:9000.",
    hosts,
  ),
  allowHttp: setting(
    "ALLOW_HTTP",
    "yes|no",
    "no",
    "Let AGENTLINK_SOURCE_URL and AGENTLINK_CALLBACK_URL use http to public hosts, too.",
    yesNo,
  ),
  allowCallbackHosts: setting(
    "ALLOW_CALLBACK_HOSTS",
    "list",
    "",
    "Hosts that callers may name in callback_url though they are private, this machine or without https, such as n8n.internal,127.0.0.1:5678.",
    hosts,
  ),
  allowCallbackHttp: setting(
    "ALLOW_CALLBACK_HTTP",
    "yes|no",
    "no",
    "Let callers name public hosts without https in callback_url.",
    yesNo,
  ),
} satisfies Settings;
