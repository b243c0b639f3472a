import { expect, test } from "bun:test";
import { objectUrl, redirectTarget } from "../../src/delivery/s3/address.ts";

test.each([
  ["AWS", null, "eu-west-1", "reports", "https://reports.s3.eu-west-1.amazonaws.com/a/b.pdf"],
  ["AWS in China", null, "cn-north-1", "reports", "https://reports.s3.cn-north-1.amazonaws.com.cn/a/b.pdf"],
  ["AWS, a dot in the name", null, "eu-west-1", "my.reports", "https://s3.eu-west-1.amazonaws.com/my.reports/a/b.pdf"],
  ["an endpoint", "https://fsn1.example.com", "fsn1", "reports", "https://fsn1.example.com/reports/a/b.pdf"],
  [
    "an endpoint with a path",
    "https://gw.example.com/s3/",
    "x",
    "reports",
    "https://gw.example.com/s3/reports/a/b.pdf",
  ],
  [
    "the bucket in the path",
    "https://1a.r2.example.com/reports",
    "auto",
    "reports",
    "https://1a.r2.example.com/reports/a/b.pdf",
  ],
  [
    "the bucket below a path",
    "https://gw.example.com/s3/reports/",
    "x",
    "reports",
    "https://gw.example.com/s3/reports/a/b.pdf",
  ],
  [
    "the bucket in the host",
    "https://reports.fsn1.example.com",
    "fsn1",
    "reports",
    "https://reports.fsn1.example.com/a/b.pdf",
  ],
  [
    "a name that begins like the host",
    "https://reports2.example.com",
    "x",
    "reports",
    "https://reports2.example.com/reports/a/b.pdf",
  ],
  ["an address and a port", "http://127.0.0.1:9000", "us-east-1", "reports", "http://127.0.0.1:9000/reports/a/b.pdf"],
])("an object's address: %s", (_, endpoint, region, bucket, url) => {
  expect(objectUrl({ endpoint, region, bucket }, "a/b.pdf").href).toBe(url);
});

test("what is not plain in a key is encoded as the signature requires", () => {
  const { pathname } = objectUrl(
    { endpoint: "http://localhost:1", region: "x", bucket: "b" },
    "50% + 1~ok/it's (a)!*.pdf",
  );
  expect(pathname).toBe("/b/50%25%20%2B%201~ok/it%27s%20%28a%29%21%2A.pdf");
});

const FROM = "https://reports.s3.amazonaws.com/a.pdf";
test.each([
  ["the bucket's regional address", FROM, "https://reports.s3-eu-west-1.amazonaws.com/a.pdf", true],
  ["the same host, in the path", FROM, "/b.pdf", true],
  ["another bucket of the service", FROM, "https://others.s3.amazonaws.com/a.pdf", false],
  ["a host that only looks like it", FROM, "https://reports.s3.amazonaws.com.evil.example/a.pdf", false],
  ["anybody's", FROM, "https://evil.example/reports/a.pdf", false],
  ["without encryption", FROM, "http://reports.s3.amazonaws.com/a.pdf", false],
  ["with a password", FROM, "https://u:p@reports.s3.amazonaws.com/a.pdf", false],
  ["another scheme", FROM, "ftp://reports.s3.amazonaws.com/a.pdf", false],
  ["nowhere", FROM, null, false],
  [
    "a neighbour below a country's domain",
    "https://s3.example.com.au/reports/a",
    "https://reports.other.com.au/a",
    false,
  ],
  [
    "its own below a country's domain",
    "https://s3.example.com.au/reports/a",
    "https://reports.s2.example.com.au/a",
    true,
  ],
  ["another port of the machine", "http://127.0.0.1:1/reports/a", "http://127.0.0.1:2/reports/a", true],
  ["another machine's address", "http://127.0.0.1:1/reports/a", "http://169.254.169.254/reports/a", false],
])("a redirect is followed to the bucket's own service alone: %s", (_, from, location, followed) => {
  expect(redirectTarget(new URL(from), location, "reports") !== null).toBe(followed);
});
