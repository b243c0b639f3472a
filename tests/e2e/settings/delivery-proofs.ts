import { afterAll, expect } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import type { Config } from "../../../src/settings/config.ts";
import { APP, FakeDropbox, TEAM } from "../../fakes/dropbox.ts";
import { ok, startReceiver } from "../../fakes/receiver.ts";
import { until } from "../../until.ts";
import { temporaryFolder } from "../binary.ts";
import { inlineJob } from "../jobs.ts";

import { done, LOCALITY, type Proof, refusedAtStart, request, serving } from "./proof.ts";
import { s3, toS3 } from "./s3.ts";

const dropbox = await new FakeDropbox().start();
afterAll(() => dropbox.stop());

/** The day of this moment in a zone, ISO. */
const dayIn = (timeZone: string) => new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" }).format();

/** The bucket checks all of it: another region, bucket or key would be refused. */
const reachesS3: Proof = {
  prove: () =>
    serving(
      toS3({
        S3_PREFIX: "agency/reports",
        S3_PUBLIC_URL: "https://files.example.com/public/",
        FOLDER: "{kind} of {state}",
        FILE_NAME: "{suburb_}-{job_id}",
      }),
      async (service, dataDir) => {
        const { job_id, status, result } = await done(service);
        expect(existsSync(join(dataDir, "delivered"))).toBe(false);
        const key = `agency/reports/agents_brief of NSW/Manly-${job_id}.pdf`;
        expect([status, [...s3.objects.keys()].at(-1)]).toEqual(["completed", key]);
        expect(result?.url).toBe(`https://files.example.com/public/${encodeURI(key)}`);
      },
    ),
};

/** So does Dropbox, which also distinguishes one space from another. */
const reachesDropbox: Proof = {
  prove: () =>
    serving(
      {
        DELIVERY: "dropbox",
        DROPBOX_APP_KEY: APP.key,
        DROPBOX_APP_SECRET: APP.secret,
        DROPBOX_REFRESH_TOKEN: APP.refreshToken,
        DROPBOX_FOLDER: "/Agency/Reports",
        DROPBOX_PATH_ROOT: "team",
        DROPBOX_SHARE: "yes",
      },
      async (service) => {
        const { status, result } = await done(service);
        const [path = "", url] = [result?.delivered_to, result?.url];
        expect([status, path.split("/").slice(0, 3)]).toEqual(["completed", ["", "Agency", "Reports"]]);
        expect(url).toStartWith("https:");
        expect(dropbox.homes.get(TEAM)?.file(path).content.length).toBeGreaterThan(1_000);
        expect([...dropbox.appSecrets]).toEqual([APP.secret]);
      },
      { command: [process.execPath, join(import.meta.dir, "../dropbox-service.ts"), dropbox.url] },
    ),
};

/** The receiver that is named gets the job's end, signed by the secret that is given. */
const callsBack: Proof = {
  async prove() {
    await using receiver = startReceiver(ok);
    const secret = `whsec_${Buffer.from("a secret of thirty-two characters").toString("base64")}`;
    const settings = { CALLBACK_URL: receiver.url, CALLBACK_SECRET: secret, ALLOW_HOSTS: receiver.host };
    await serving(settings, async (service) => {
      await done(service);
      const { id, timestamp, signature, body } = await until(() => receiver.received[0]);
      const headers = { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature };
      expect(() => new Webhook(secret).verify(body, headers)).not.toThrow();
    });
  },
};

/** Of src/settings/delivery-settings.ts. */
export const DELIVERY_PROOFS = {
  delivery: reachesS3,
  deliveryFolder: {
    async prove() {
      const folder = join(temporaryFolder(), "out");
      await serving({ DELIVERY_FOLDER: folder }, async (service) =>
        expect((await done(service)).result?.delivered_to).toStartWith(`${folder}/`),
      );
    },
  },
  dropboxAppKey: reachesDropbox,
  dropboxAppSecret: reachesDropbox,
  dropboxRefreshToken: reachesDropbox,
  dropboxFolder: reachesDropbox,
  dropboxPathRoot: reachesDropbox,
  dropboxShare: reachesDropbox,
  s3Endpoint: reachesS3,
  s3Region: reachesS3,
  s3Bucket: reachesS3,
  s3AccessKeyId: reachesS3,
  s3SecretAccessKey: reachesS3,
  s3Prefix: reachesS3,
  s3PublicUrl: reachesS3,
  fileNames: reachesS3,
  folders: reachesS3,
  reportDateZone: {
    needs: ["pdftotext"],
    // 25 hours apart: one of them has another day than Manly, whenever this runs.
    prove: async () => {
      const [there, east, west] = ["Australia/Sydney", "Pacific/Kiritimati", "Pacific/Pago_Pago"].map(dayIn);
      const zone = east === there ? "Pacific/Pago_Pago" : "Pacific/Kiritimati";
      const day = east === there ? west : east;
      await serving({ REPORT_DATE: zone, FOLDER: "{date}" }, async (service, dataDir) => {
        const { data } = inlineJob(1);
        const { job_id, result } = await done(service, { ...LOCALITY, data: { agents: data.agents } });
        const [, folder, file] = /delivered\/([^/]+)\/([^/]+)$/.exec(result?.delivered_to ?? "") ?? [];
        expect([folder, file?.slice(0, 10)]).toEqual([day, day]);
        const download = await fetch(`${service.url}/api/jobs/${job_id}/report.pdf`);
        expect(download.headers.get("content-disposition")).toContain(`${day} Manly`);
        const text = await Bun.$`pdftotext -l 1 ${join(dataDir, "delivered", folder ?? "", file ?? "")} -`.text();
        const cover = new Intl.DateTimeFormat("en-AU", { dateStyle: "long" }).format(new Date(`${day}T12:00`));
        expect(text).toContain(cover);
      });
    },
  },
  callbackUrl: callsBack,
  callbackSecret: callsBack,
  allowHosts: {
    async prove() {
      const settings = { SOURCE_URL: "https://10.1.2.3/{suburb}" };
      expect(await refusedAtStart(settings)).toContain("AGENTLINK_ALLOW_HOSTS");
      await serving({ ...settings, ALLOW_HOSTS: "10.1.2.3" }, async (service) =>
        expect((await fetch(`${service.url}/livez`)).status).toBe(200),
      );
    },
  },
  allowHttp: {
    async prove() {
      const settings = { SOURCE_URL: "http://198.41.0.4/{suburb}" };
      expect(await refusedAtStart(settings)).toContain("AGENTLINK_SOURCE_URL");
      await serving({ ...settings, ALLOW_HTTP: "yes" }, async (service) =>
        expect((await fetch(`${service.url}/livez`)).status).toBe(200),
      );
    },
  },
  allowCallbackHosts: {
    async prove() {
      const job = { ...inlineJob(1), callback_url: "https://10.1.2.3/hook" };
      await serving({}, async (service) => expect((await request(service, job)).status).toBe(422));
      await serving({ ALLOW_CALLBACK_HOSTS: "10.1.2.3" }, async (service) =>
        expect((await request(service, job)).status).toBe(200),
      );
    },
  },
  allowCallbackHttp: {
    async prove() {
      const job = { ...inlineJob(1), callback_url: "http://198.41.0.4/hook" };
      await serving({}, async (service) => expect((await request(service, job)).status).toBe(422));
      await serving({ ALLOW_CALLBACK_HTTP: "yes" }, async (service) =>
        expect((await request(service, job)).status).toBe(200),
      );
    },
  },
} satisfies Partial<Readonly<Record<keyof Config, Proof>>>;
