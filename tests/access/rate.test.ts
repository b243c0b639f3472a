import { expect, test } from "bun:test";
import { createMeter } from "../../src/access/rate.ts";

test("a key that was idle for a day may send no more at once than its rate, and gets it back evenly", () => {
  let now = 0;
  const meter = createMeter(() => now);
  const rate = { requests: 3, windowS: 60 };
  const admitted = () => {
    let count = 0;
    while (meter.take("key", rate).admitted) count += 1;
    return count;
  };
  expect(admitted()).toBe(3);
  now += 24 * 3_600_000;
  expect(admitted()).toBe(3);
  now += 20_000;
  expect(admitted()).toBe(1);
  // What is refused takes nothing.
  for (let time = 0; time < 100; time += 1) meter.take("key", rate);
  expect(meter.take("key", rate).nextInMs).toBeCloseTo(20_000);
  expect(meter.take("another", rate).admitted).toBe(true);
});
