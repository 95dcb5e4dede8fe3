/** What a run has fixed before its first task is curated. */
import type { JudgeSummary, LearnedVerdict } from "../../shared/core/judged.ts";
import type { RunSettings } from "../../shared/core/run.ts";
import type { AppSettings } from "../../shared/settings/app-settings.ts";

export interface RunWindow {
  run: string;
  createdAtMs: number;
  fromMs: number;
  toMs: number;
  /** Was the window cut short, because it held too many exchanges? */
  cut: boolean;
  maturationHours: number;
  seed: string;
  settings: RunSettings;
}

export interface CurateTask {
  env: CuratorEnv;
  window: RunWindow;
  app: string;
  task: string | null;
  /** What the night has learned for the task; null where there is none. */
  learned: LearnedVerdict | null;
  settings: AppSettings;
  /** What the app's judge did; null where it has none. */
  judge: JudgeSummary | null;
}
