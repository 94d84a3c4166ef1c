import type { Framework } from '../model/framework.ts';
import { didYouMean } from '../model/nearest.ts';
import type { PlannedModel, Position } from '../model/plan.ts';
import type { SettingValue } from '../model/settings.ts';
import type { Complaints } from './complaints.ts';

/** One canonical name for each way to write a model, and a complaint where nobody knows it. */
export class ModelNames {
  readonly #framework: Framework | undefined;
  readonly #models: ReadonlyMap<string, PlannedModel>;
  readonly #complaints: Complaints;
  readonly #answers = new Map<string, string | undefined>();

  constructor(framework: Framework | undefined, models: ReadonlyMap<string, PlannedModel>, complaints: Complaints) {
    this.#framework = framework;
    this.#models = models;
    this.#complaints = complaints;
  }

  read(written: string, at: Position): string {
    if (!this.#answers.has(written)) {
      const canonical = this.#framework === undefined ? written : this.#framework.canonicalModel(written);
      this.#answers.set(written, this.#models.has(written) ? written : canonical);
    }
    const name = this.#answers.get(written);
    if (name === undefined)
      this.#complaints.error(
        at,
        `unknown model "${written}"`,
        didYouMean(written, [...this.#models.keys(), ...(this.#framework?.known_models ?? [])]),
      );
    return name ?? written;
  }

  /** A setting's value: the one that names a model is read as such. */
  inSetting(name: string, value: SettingValue, at: Position): SettingValue {
    return name === 'teacher_model' ? this.read(String(value), at) : value;
  }
}
