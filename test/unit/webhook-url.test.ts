/** Which addresses an app may name as its webhook. */
import { expect, test } from "vitest";
import { isWebhookUrl } from "../../shared/settings/webhook-url.ts";

test.each([
  "https://hooks.example/winnow?a=1",
  "https://hooks.example:8443/",
  "http://127.0.0.1:9000/hook",
  "http://localhost/",
])("takes %s", (url) => {
  expect(isWebhookUrl(url)).toBe(true);
});

test.each([
  "http://hooks.example/",
  "http://127.0.0.1:x@hooks.example/",
  "http://localhost@hooks.example/",
  "https://me:secret@hooks.example/",
  "https://10.0.0.1/",
  "https://2130706433/",
  "https://0x7f.1/",
  "https://[::1]/",
  "https://[fd00::1]/",
  "https://localhost/",
  "ftp://hooks.example/",
  "hooks.example",
])("refuses %s", (url) => {
  expect(isWebhookUrl(url)).toBe(false);
});
