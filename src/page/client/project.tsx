import { useState } from "preact/hooks";
import type { ProjectView, StepView } from "../view.ts";
import { FilterField, Meta, Pairs, Table, Tabs } from "../widgets/widgets.tsx";
import { usePlace } from "./place.ts";
import { Workbench } from "./workbench.tsx";
import { StepTable } from "../widgets/steps.tsx";
import { countText, namesText } from "../../core/format.ts";

/** Shows the pipelines of a project, without a run. */
export function ProjectPage({ project }: { readonly project: ProjectView }) {
  const [place, go] = usePlace({ tab: "graph" });
  const pipeline = project.pipelines.find(({ name }) => name === place.pipeline) ?? project.pipelines[0];
  const { steps = [], graph = NOTHING, inputs = [], outputs = [] } = pipeline ?? {};
  const tab = place.tab ?? "graph";
  const tabs = [
    { id: "graph", label: "Graph" },
    { id: "steps", label: "Nodes", count: steps.length },
    { id: "catalog", label: "Catalog", count: project.catalog.length },
    { id: "parameters", label: "Parameters", count: project.parameters.length },
  ];
  return (
    <>
      <header class="top">
        <div class="headline">
          <h1>{project.name}</h1>
          {project.pipelines.length > 1 && (
            <label class="dim">
              <span>Pipeline</span>
              <select
                value={pipeline?.name}
                onChange={(event) => go({ pipeline: event.currentTarget.value, step: undefined })}
              >
                {project.pipelines.map(({ name, steps }) => (
                  <option key={name} value={name}>{name} ({countText(steps.length, "node")})</option>
                ))}
              </select>
            </label>
          )}
        </div>
        <ul class="meta">
          {pipeline && project.pipelines.length === 1 && <Meta name="pipeline">{pipeline.name}</Meta>}
          <Meta name="Kedro">{project.kedroVersion}</Meta>
          <Meta name="environment">{project.env}</Meta>
          {inputs.length > 0 && <Meta name="in">{namesText(inputs, MOST_NAMES)}</Meta>}
          {outputs.length > 0 && <Meta name="out">{namesText(outputs, MOST_NAMES)}</Meta>}
        </ul>
      </header>
      <Tabs tabs={tabs} chosen={tab} label="Views of the project" choose={(id) => go({ tab: id })} />
      <Workbench
        key={pipeline?.name}
        {...{ steps, graph, tab, place, go }}
        isRun={false}
        isLive={false}
        now={0}
        printed={(graph) => (
          <>
            {graph}
            <h2>Nodes</h2>
            <StepTable label="Node" columns={COLUMNS} steps={steps} select={() => {}} />
            <h2>Parameters</h2>
            <Pairs pairs={project.parameters} />
          </>
        )}
        views={{
          steps: (props) => <StepTable label="Node" columns={COLUMNS} {...props} />,
          catalog: () => <Catalog catalog={project.catalog} />,
          parameters: () =>
            project.parameters.length === 0 ? <p class="empty">No parameters.</p> : (
              <div class="results">
                <Pairs pairs={project.parameters} />
              </div>
            ),
        }}
      />
    </>
  );
}

const NOTHING = { width: 0, height: 0, at: [], edges: [] };
const MOST_NAMES = 12;

const COLUMNS = ([["inputs", "Inputs"], ["outputs", "Outputs"]] as const).map(([id, label]) => ({
  id,
  label,
  cell: (step: StepView) => step[id].map(({ name }) => name).join(", ") || undefined,
}));

function Catalog({ catalog }: Pick<ProjectView, "catalog">) {
  const [text, setText] = useState("");
  if (catalog.length === 0) return <p class="empty">The catalog is empty.</p>;
  const wanted = text.trim().toLowerCase();
  const matching = catalog.filter((entry) =>
    Object.values(entry).some((text) => text.toLowerCase().includes(wanted))
  );
  return (
    <>
      <FilterField
        hint="Find datasets"
        label="Filter datasets by name, type or path"
        value={text}
        set={setText}
        found={matching.length}
        all={catalog.length}
      />
      <Table label="Catalog" kind="plain" heads={[["Dataset"], ["Type"], ["Where"]]}>
        {matching.map(({ name, type, path }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{type}</td>
            <td>
              <code>{path}</code>
            </td>
          </tr>
        ))}
      </Table>
    </>
  );
}
