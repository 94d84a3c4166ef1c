import type { Framework } from '../model/framework.ts';
import { misspeltModel } from '../model/model_kin.ts';
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
    if (name === undefined) this.#complain(written, at);
    return name ?? written;
  }

  /** A setting's value: the one that names a model is read as such. */
  inSetting(name: string, value: SettingValue, at: Position): SettingValue {
    return name === 'teacher_model' ? this.read(String(value), at) : value;
  }

  /** A row of Models may be meant, which only this plan knows. */
  #complain(written: string, at: Position): void {
    const ours = misspeltModel(written, [...this.#models.keys()]);
    const { what, fix } = this.#framework?.unknownModel(written) ?? { what: `unknown model "${written}"`, fix: 'name one of Models' };
    this.#complaints.error(at, what, ours === undefined ? fix : `did you mean "${ours}"?`);
  }
}
