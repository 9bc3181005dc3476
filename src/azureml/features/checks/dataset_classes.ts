import { isFields } from "../../../core/fields.ts";
import { nearest } from "../../../core/text/suggest.ts";
import type { JobSpec } from "../../job/job_spec.ts";
import { type ClassSources, findClass, type FoundClass } from "../catalog/class_lookup.ts";
import { type DatasetDefinition, definitionsOf } from "../catalog/dataset_definitions.ts";
import type { Finding } from "./finding.ts";
import { createdEntries, eachJob, isOld, type OfflineCheck, type Subject, usedDatasets } from "./subject.ts";

/** Reports entries of the catalog without a class. */
export const datasetTypes: OfflineCheck = {
  question: "Do all entries of the catalog have a class?",
  run: ({ snapshot, conf }) =>
    Object.entries(snapshot.catalog).flatMap(([dataset, entry]): Finding[] => {
      if (!isFields(entry) || typeof entry.type === "string") return [];
      const meant = nearest("type", Object.keys(entry));
      return [{
        severity: "error",
        code: "dataset.no_type",
        message: `Dataset "${dataset}" has no \`type\`, without which Kedro cannot create it`,
        hint: meant === undefined
          ? "Add `type`, such as `type: pandas.CSVDataset`"
          : `Rename its key "${meant}" to \`type\``,
        place: conf.placeOfDataset(dataset, meant === undefined ? [] : [meant]),
      }];
    }),
};

/** A definition with its class, and whether a job uses the dataset. */
export interface DatasetWithClass {
  readonly definition: DatasetDefinition;
  readonly found: FoundClass;
  readonly isUsed: boolean;
  readonly place: Finding["place"];
}

/** Reports dataset classes that steps do not have. */
export const datasetClasses = eachJob(
  "Do steps have the classes of the datasets?",
  (spec, subject) =>
    datasetsWithClasses(spec, subject).flatMap(({ definition, found, place }): Finding[] => {
      const { dataset, type } = definition;
      const ofDataset = `of dataset "${dataset}"`;
      if (isOtherPlugin(type)) return [otherPlugin(definition, place)];
      if (found.kind === "unknown") {
        return [{
          severity: found.isCertain ? "error" : "warning",
          code: "dataset.unknown_class",
          message: `"${type}" ${ofDataset} is not a known dataset class: ${found.why}`,
          hint: found.meant === undefined
            ? "Correct `type`, or add the package that has it to the job's environment"
            : `Did you mean "${found.meant}"?`,
          place,
        }];
      }
      return found.kind === "removed" ? [removed(definition, found, place)] : [];
    }),
);

/** Whether a class is of another plugin, which steps do not have. */
export function isOtherPlugin(type: string): boolean {
  return /^kedro_azureml\./.test(type);
}

function otherPlugin({ dataset, type }: DatasetDefinition, place: Finding["place"]): Finding {
  const own = type.match(/AzureML(?:Asset|Pipeline)(?=Data[sS]et$)/)?.[0];
  return {
    severity: "error",
    code: "dataset.other_plugin",
    message:
      `"${type}" of dataset "${dataset}" is a class of kedro-azureml, but the steps run kedro-azureml-pipeline`,
    hint: own === undefined
      ? "Use a dataset of kedro-datasets"
      : `Use "kedro_azureml_pipeline.datasets.${own}Dataset", or run \`kedro-azureml migrate\``,
    place,
  };
}

function removed(
  { dataset, type }: DatasetDefinition,
  { last, newest, isPossible, meant }: Extract<FoundClass, { kind: "removed" }>,
  place: Finding["place"],
): Finding {
  const { distribution, until } = last;
  const lack = until === undefined
    ? `${distribution} added it in ${last.since}, and the environment has ${newest}`
    : `${distribution} ${newest} does not have it; the last version with it was ${until}`;
  const older = isPossible && until !== undefined ? ", which the environment may have" : "";
  return {
    severity: isPossible ? "warning" : "error",
    code: isPossible ? "dataset.removed_class" : "dataset.unknown_class",
    message: `"${type}" of dataset "${dataset}" is not a known dataset class: ${lack}${older}`,
    hint: meant === undefined || until === undefined
      ? `Require the right version of ${distribution} in the job's environment`
      : `Did you mean "${meant}"?`,
    place,
  };
}

/** The definitions of the datasets that steps create, with their classes. */
export function datasetsWithClasses(spec: JobSpec, subject: Subject): DatasetWithClass[] {
  if (isOld(subject)) return [];
  const sources: ClassSources = {
    source: subject.source,
    environment: subject.environments.of(spec.environment),
    imported: subject.importedModules,
  };
  const used = usedDatasets(spec);
  return createdEntries(spec, subject).flatMap(([dataset, entry]) =>
    definitionsOf(dataset, entry).map((definition) => ({
      definition,
      found: findClass(definition.type, sources),
      isUsed: used.has(dataset),
      place: subject.conf.placeOfDataset(dataset, [...definition.path, "type"]),
    }))
  );
}
