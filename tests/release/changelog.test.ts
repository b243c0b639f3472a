import { expect, test } from "bun:test";
import { changelogSection } from "../../release/changelog.ts";

const CHANGELOG =
  "# Changelog\n\n## Unreleased\n\n- new\n\n## 1.1.0 - 2026-12-01\n\n- one\n- two\n\n## 1.0.0\n\n- old\n";

test("a release takes its version's section, or what is not released yet", () => {
  expect(changelogSection(CHANGELOG, "1.1.0").text).toBe("- one\n- two");
  expect(changelogSection(CHANGELOG, "1.0.0").text).toBe("- old");
  expect(changelogSection(CHANGELOG, "2.0.0")).toEqual({ title: "Unreleased", text: "- new" });
  expect(() => changelogSection("# Changelog\n\n## Unreleased\n", "2.0.0")).toThrow("says nothing about 2.0.0");
});
