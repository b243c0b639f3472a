import { Failure } from "../failure.ts";
import { CREDENTIALS, type S3Options } from "./s3.ts";

export type BucketOptions = Omit<S3Options, "dataDir" | "onTrouble" | "requestTimeoutMs" | "clock">;

const TIMEOUT_MS = 30_000;
const SIGNED_FOR_SECONDS = 60;

/**
 * Asks the bucket for an object that is not there: what can be tried without leaving anything, since the keys of a
 * delivery need not be allowed to remove.
 * @throws Failure that says in plain words what is wrong and what to do.
 */
export async function checkBucket({ endpoint, prefix, bucket, ...options }: BucketOptions): Promise<void> {
  const client = new Bun.S3Client({ ...options, bucket, ...(endpoint === null ? {} : { endpoint }) });
  const key = [...prefix.split("/").filter((name) => name !== ""), `agentlink-check-${Bun.randomUUIDv7()}`].join("/");
  let status = 0;
  let code = "";
  try {
    const address = client.presign(key, { method: "GET", expiresIn: SIGNED_FOR_SECONDS });
    const answer = await fetch(address, { redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS) });
    status = answer.status;
    code = /<Code>(\w+)<\/Code>/.exec(await answer.text())?.[1] ?? "";
  } catch {
    // Told below without the error, which may hold the signed address.
  }
  if (status === 404 && code !== "NoSuchBucket") return;
  const said = code || (status === 0 ? "no answer" : `HTTP ${status}`);
  if (CREDENTIALS.has(code) || status === 401 || status === 403)
    throw new Failure(
      "delivery_credentials",
      `the bucket ${bucket} refuses these keys (${said}): correct AGENTLINK_S3_ACCESS_KEY_ID, AGENTLINK_S3_SECRET_ACCESS_KEY and AGENTLINK_S3_REGION, allow them GetObject, PutObject and ListBucket, and check this machine's clock`,
    );
  if (code === "NoSuchBucket" || (status >= 300 && status < 400))
    throw new Failure(
      "s3_bucket",
      `there is no bucket ${bucket} here (${said}): correct AGENTLINK_S3_BUCKET, AGENTLINK_S3_ENDPOINT and AGENTLINK_S3_REGION`,
    );
  throw new Failure(
    "s3_unreachable",
    `the bucket ${bucket} does not answer (${said}): correct AGENTLINK_S3_ENDPOINT, or see to the network`,
  );
}
