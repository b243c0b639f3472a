import { expect } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withPrograms } from "../programs.ts";
import { until } from "../until.ts";
import { openApi } from "./api.ts";
import { listen } from "./event-stream.ts";

const test = withPrograms("nginx");

test("an nginx that buffers responses passes each event on at once, and a listener comes back through it", async () => {
  await using api = await openApi();
  const { secret } = api.keys.create({ name: "make", scope: "submit", rate: null });
  const key = { "X-API-Key": secret };
  const folder = await mkdtemp(join(tmpdir(), "agentlink-nginx-"));
  const socket = join(folder, "nginx.sock");
  const config = join(folder, "nginx.conf");
  // As it comes: proxy_buffering is on, and only the response's own header turns it off.
  await Bun.write(
    config,
    `daemon off; pid ${folder}/pid; error_log ${folder}/error.log; events {}
http {
  access_log off;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  server { listen unix:${socket}; location / { proxy_pass http://127.0.0.1:${api.port}; proxy_set_header X-API-Key ${secret}; } }
}`,
  );
  const nginx = Bun.spawn(["nginx", "-c", config], { stdout: "ignore", stderr: "ignore" });
  try {
    const through = { unix: socket };
    await until(() =>
      fetch("http://localhost/livez", through).then(
        ({ status }) => status === 200,
        () => false,
      ),
    );
    const stream = await listen("http://localhost/api/events", {}, through);
    const id = await api.accept({}, key);
    await stream.first(({ data }) => data.job_id === id);
    stream.leave();
    await until(() => api.server.listening() === 0);
    await api.finish();
    const again = await listen("http://localhost/api/events", { "Last-Event-ID": stream.lastId }, through);
    await again.first(({ data }) => data.stage === "completed");
    expect(again.stagesOf(id)).toEqual(["completed"]);
    again.leave();
  } finally {
    nginx.kill("SIGTERM");
    await nginx.exited;
    await rm(folder, { recursive: true });
  }
}, 60_000);
