import { deepStrictEqual as assertEquals, match, ok, strictEqual } from "node:assert/strict";
import { azureError, type AzureRefusal } from "../../../src/azureml/errors/azure_error.ts";

import { renderError } from "../../../src/cli/text/error.ts";
import { assertTranscript } from "../../cli/transcript.ts";
import { SUBSCRIPTION_ID, WORKSPACE } from "../../fakes/seed.ts";

const OID = "aaaaaaaa-0000-4000-8000-00000000000a";
const SCOPE =
  `/subscriptions/${SUBSCRIPTION_ID}/resourceGroups/rg/providers/Microsoft.MachineLearningServices/workspaces/ws`;

function refusal(more: Partial<AzureRefusal> & { headers?: Record<string, string> }): AzureRefusal {
  const { headers = {}, ...rest } = more;
  return {
    action: 'submit job "main"',
    status: 403,
    text: "",
    header: (name) => headers[name],
    workspace: WORKSPACE,
    now: new Date("2026-01-02T03:04:05Z"),
    ...rest,
  };
}

function armError(code: string, message: string, more: object = {}): string {
  return JSON.stringify({ error: { code, message, ...more } });
}

function blobError(code: string, message = "No.", detail?: string): string {
  return `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code><Message>${message}\nRequestId:1</Message>${
    detail === undefined ? "" : `<AuthenticationErrorDetail>${detail}</AuthenticationErrorDetail>`
  }</Error>`;
}

const EXPIRED = armError(
  "ExpiredAuthenticationToken",
  "The access token expiry UTC time is earlier than current UTC time.",
);

/** Azure's answers, quoted from its documentation or issues, and the error for the user. */
const CASES: Readonly<
  Record<string, readonly [code: string, refusal: Parameters<typeof refusal>[0], exit?: number]>
> = {
  "a token of another tenant (message)": ["azure.wrong_tenant", {
    status: 401,
    text: armError(
      "InvalidAuthenticationTokenTenant",
      "The access token is from the wrong issuer 'https://sts.windows.net/aaaa/'. It must match the tenant 'https://sts.windows.net/bbbb/' associated with this subscription. Please use the authority (URL) 'https://login.windows.net/bbbb' to get the token.",
    ),
  }],
  "a cluster beyond the quota": ["azure.quota", {
    status: 400,
    text: armError(
      "ClusterMinNodesExceedCoreQuota",
      "The specified subscription has a total vCPU quota of 0 and cannot accomodate for at least 1 requested managed compute nodes.",
    ),
  }, 5],
  "a missing role": ["azure.forbidden", {
    text: armError(
      "AuthorizationFailed",
      `The client 'ada@example.org' with object id '${OID}' does not have authorization to perform action 'Microsoft.MachineLearningServices/workspaces/jobs/write' over scope '${SCOPE}/jobs/x' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
    ),
  }],
  "a missing role on a linked resource": ["azure.linked_forbidden", {
    text: armError(
      "LinkedAuthorizationFailed",
      `The client 'x' with object id '${OID}' has permission to perform action 'Microsoft.MachineLearningServices/workspaces/computes/write' on scope '${SCOPE}/computes/c'; however, it does not have permission to perform action(s) 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action' on the linked scope(s) '/subscriptions/s/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id' (respectively) or the linked scope(s) are invalid.`,
    ),
  }],
  "a workspace behind a private link (Azure/azure-cli-extensions#6294)": ["azure.private_only", {
    text: armError(
      "UserError",
      "User is not authorized to access provided resources due to none of the workspaces/registries are accessible from outside of the designated private link..",
    ),
  }],
  "a workspace behind a private link, status 502 (MicrosoftDocs/azure-docs#90426)": ["azure.private_only", {
    status: 502,
    text: armError(
      "UserError",
      "Access to workspace was denied based on workspace private link configuration.",
      { details: [] },
    ),
  }],
  "a policy named by additionalInfo": ["azure.policy", {
    text: armError("RequestDisallowedByPolicy", "Resource 'x' was disallowed by policy.", {
      additionalInfo: [{
        type: "PolicyViolation",
        info: { policyAssignmentDisplayName: "No GPUs on Sundays" },
      }],
    }),
  }, 5],
  "a policy named by the message": ["azure.policy", {
    text: armError(
      "RequestDisallowedByPolicy",
      `Resource 'x' was disallowed by policy. Policy identifiers: '[{"policyAssignment":{"name":"deny-public","id":"/…"},"policyDefinition":{"name":"d"}}]'.`,
    ),
  }, 5],
  "a subscription hidden from the identity": ["azure.not_found", {
    status: 404,
    text: armError("SubscriptionNotFound", `The subscription '${SUBSCRIPTION_ID}' could not be found.`),
  }, 5],
  "an unregistered resource provider": ["azure.not_registered", {
    status: 409,
    text: armError(
      "MissingSubscriptionRegistration",
      "The subscription is not registered to use namespace 'Microsoft.MachineLearningServices'.",
    ),
  }, 5],
  "a missing role for blobs": ["azure.blob_role", {
    url: "https://datastore1.blob.core.windows.net/c?comp=list",
    text: blobError(
      "AuthorizationPermissionMismatch",
      "This request is not authorized to perform this operation using this permission.",
    ),
  }],
  "disabled account keys": ["azure.key_access", {
    text: blobError(
      "KeyBasedAuthenticationNotPermitted",
      "Key based authentication is not permitted on this storage account.",
    ),
  }],
  "a storage firewall": ["azure.storage_firewall", {
    text: blobError("AuthorizationFailure", "This request is not authorized to perform this operation."),
  }],
  "a token refused by the storage": ["azure.unauthorized", {
    status: 401,
    text: blobError("AuthenticationFailed"),
  }],
  "a SAS refused by the storage": ["azure.sas", { status: 403, text: blobError("AuthenticationFailed") }],
  "an expired SAS": ["azure.sas_expired", {
    text: blobError(
      "AuthenticationFailed",
      "Server failed to authenticate the request.",
      "Signature not valid in the specified time frame: Start [Fri, 02 Jan 2026 01:00:00 GMT] - Expiry [Fri, 02 Jan 2026 02:00:00 GMT] - Current [Fri, 02 Jan 2026 03:04:05 GMT]",
    ),
  }],
  "an expired token when the local clock is wrong": ["azure.clock", {
    status: 401,
    text: EXPIRED,
    headers: { date: "Fri, 02 Jan 2026 05:34:05 GMT" },
  }],
  "an expired token when the local clock is right": ["azure.token_expired", {
    status: 401,
    text: EXPIRED,
    headers: { date: "Fri, 02 Jan 2026 03:04:35 GMT" },
  }],
  "an HTML page of a proxy": ["network.answer", { text: "<html>Blocked by Contoso</html>" }, 6],
  "a 403 without a body": ["azure.forbidden", { text: "" }],
};

for (const [name, [code, asked, exit = 4]] of Object.entries(CASES)) {
  Deno.test(`azureError() explains ${name}`, async (t) => {
    const error = azureError(refusal(asked));
    assertEquals([error.code, error.exit], [code, exit]);

    await assertTranscript(t, renderError(error).text, import.meta.url);
  });
}

/** Errors for which another sign-in, role or network helps; they have an exit code of their own. */
const OF_IDENTITY =
  /^azure\.(?:wrong_|claims|forbidden|linked_forbidden|private_only|storage_token|key_vault)/;

for (
  const [azureCode, message, code, more = {}] of [
    ["InvalidAuthenticationTokenAudience", "The audience is invalid.", "azure.wrong_audience", {
      status: 401,
    }],
    ["UserError", "Your vCPU quota of 0 is too small.", "azure.quota"],
    [
      "UserError",
      "Operation results in exceeding quota limits of Microsoft.Batchlusters. Maximum allowed: 10, Current in use: 10.",
      "azure.quota",
    ],
    [
      "RequestDisallowedByAzure",
      "Resource 'my-vm' was disallowed by Azure: This policy maintains a set of best available regions where your subscription can deploy resources. The objective of this policy is to ensure that your subscription has full access to Azure services with optimal performance. Should you need additional or different regions, contact support..",
      "azure.region",
    ],
    [
      "NoRegisteredProviderFound",
      "No registered resource provider found for location 'chinanorth2' and API version '2024-01-01-preview' for type 'workspaces/jobs'. The supported api-versions are '2018-11-19, 2022-10-01, 2022-10-01-preview'. The supported locations are 'chinanorth2'.",
      "azure.api_version",
      { versionVariable: "KEDRO_AZUREML_API_VERSION_JOBS" },
    ],
    [
      "InvalidApiVersionParameter",
      "The api-version '2023-04-01-preview' is invalid. The supported versions are '2024-04-01,2023-10-01'.",
      "azure.api_version",
      { versionVariable: "KEDRO_AZUREML_API_VERSION_DATA" },
    ],
    [
      "Forbidden",
      "Client address is not authorized and caller is not a trusted service.\r\nClient address: 20.111.13.60\r\nVault: MGMT;location=westeurope",
      "azure.key_vault",
    ],
    [
      "UserError",
      "Datastore's secret is not found. Please make sure the workspace's key vault exists and the workspace have access to the secrets inside that key vault.",
      "azure.key_vault",
      { status: 404 },
    ],
    [
      "StorageAuthError",
      "Forbidden. Please make sure you have permission to access the resource.",
      "azure.workspace_storage",
    ],
    [
      "TasksOperationsNotAllowed",
      "ACR Tasks requests for the registry reg1 and s1 are not permitted. Please file an Azure support request at http://aka.ms/azuresupport for assistance.",
      "azure.image_build",
    ],
    ["UserError", "Could not find datastore: sales.", "azure.not_found"],
    [
      "SkuNotAvailable",
      "The requested VM size Standard_NC6 is not available in location 'westeurope'.",
      "azure.vm_size",
    ],
    [
      "OperationNotAllowed",
      "Operation could not be completed as it results in exceeding approved LowPriorityCores quota. Additional details - Deployment Model: Resource Manager, Location: eastus, Current Limit: 100",
      "azure.quota",
    ],
    [
      "SubnetIsFull",
      "Subnet Subnet1 with address prefix 10.0.0.0/24 does not have enough capacity for 1 IP addresses.",
      "azure.subnet_full",
    ],
    ["AllocationFailed", "Allocation failed.", "azure.capacity"],
    ["ResourceNotReady", "The resource is not ready.", "azure.conflict"],
    [
      "BadRequest",
      "Soft-deleted workspace exists. Please purge or recover it. https://aka.ms/wsoftdelete",
      "azure.soft_deleted",
    ],
    ["BadRequest", "PublicNetworkAccessDisabled", "azure.private_only"],
    ["ResourceNotFound", "Not found component azureml_anonymous (version: 1a2b)", "azure.not_found"],
    ["UnknownTargetType", "Unknown compute target 'gpu'.", "azure.no_compute"],
    ["SubscriptionNotRegistered", "Not registered.", "azure.not_registered"],
    ["DisabledSubscription", "Disabled.", "azure.subscription_disabled"],
    ["ScopeLocked", "The scope is locked.", "azure.locked"],
    ["AccountIsDisabled", "The account is disabled.", "azure.storage_disabled"],
    ["InvalidAuthenticationInfo", "No.", "azure.storage_token"],
  ] as const
) {
  Deno.test(`azureError() explains ${azureCode} "${message.slice(0, 40)}" as ${code}`, async (t) => {
    const error = azureError(refusal({ text: armError(azureCode, message), ...more }));
    assertEquals([error.code, error.exit], [code, OF_IDENTITY.test(code) ? 4 : 5]);
    await assertTranscript(t, renderError(error).text, import.meta.url);
  });
}

for (
  const [code, ...messages] of [
    [
      "azure.quota",
      "OutOfQuota: Not enough cluster CPU quota.",
      "exceeding quota limits of Core. Maximum allowed: 24",
    ],
    [
      "azure.vm_size",
      "The specified value Standard_B2s for property Cluster.Properties.VMSize is not a supported VM size.",
    ],
    [
      "azure.region",
      "Resource 'x' was disallowed by Azure: This policy",
      "Provisioning is restricted in this region.",
    ],
    [
      "azure.policy",
      "Resource 'x' was disallowed by policy. Reasons: 'Local authentication methods are not allowed.'",
    ],
    [
      "azure.private_only",
      "Public network access is disabled.",
      "Traffic is not from an approved private endpoint.",
    ],
    [
      "azure.key_vault",
      "Public network access is disabled and request is not from a trusted service nor via an approved private link.",
    ],
    ["azure.key_access", "Key based authentication is not permitted on this storage account."],
    [
      "azure.blob_role",
      "You don't have permission to alter this storage account.",
      "to perform this operation using this permission.",
    ],
    ["azure.storage_firewall", "This request is not authorized to perform this operation."],
    [
      "azure.forbidden",
      "The client 'c' does not have authorization to perform action 'x/read' over scope '/s'",
    ],
    ["azure.wrong_tenant", "The access token is from the wrong issuer 'https://sts.windows.net/aaaa/'."],
    ["azure.not_found", "The subscription 's' could not be found.", "Workspace not found."],
  ] as const
) {
  Deno.test(`azureError() recognizes ${code} by its message`, () => {
    for (const message of messages) {
      const cause = armError("InvalidTemplateDeployment", "See inner errors.", {
        details: [{ code: "X", message }],
      });
      for (const text of [armError("UserError", message), cause]) {
        strictEqual(azureError(refusal({ status: 400, text })).code, code, message);
      }
    }
  });
}

Deno.test("azureError() shows Azure's codes, causes and request id", () => {
  const InnerError = (code: string) => [{ type: "InnerError", info: { value: { code } } }];
  const of = (text: string, headers: Record<string, string> = {}) =>
    azureError(refusal({ status: 400, text, headers }));
  const details = [{ code: "Inner", message: "One\n thing" }, { message: "Other" }];
  const { details: shown, data } = of(
    armError("UserError", "It  broke.", { details, additionalInfo: InnerError("BadArgument") }),
    { "x-ms-correlation-request-id": "r-2" },
  );
  assertEquals(shown, [
    "Azure: It broke. (UserError: BadArgument)",
    "  One thing (Inner)",
    "  Other (no code)",
    "request r-2",
  ]);
  assertEquals(data, {
    status: 400,
    azureCode: "UserError",
    azureInnerCode: "BadArgument",
    requestId: "r-2",
  });
  const same = of(armError("UserError", "No.", { additionalInfo: InnerError("UserError") }), {
    "x-ms-request-id": "r-1",
    "x-ms-correlation-request-id": "r-2",
  });
  assertEquals(same.details, ["Azure: No. (UserError)", "request r-1"]);
  assertEquals(of("  \n").details, []);
  strictEqual(
    of(armError("UserError", "No.", { additionalInfo: InnerError("ScopeLocked") })).code,
    "azure.locked",
  );
  const cause = [{ code: "Inner", message: "Not at https://x/?sig=abc%2Fdef" }];
  assertEquals(of(armError("X", "No.", { details: cause })).details, [
    "Azure: No. (X)",
    "  Not at https://x/?sig=*** (Inner)",
  ]);
  const blob = of(blobError("Odd", "No.", "Signature at https://x/?sig=abc%2Fdef&se=1"));
  assertEquals(blob.details, ["Azure: No. (Odd)", "  Signature at https://x/?sig=***&se=1"]);
});

Deno.test("azureError() hides secrets in Azure's messages", () => {
  const error = azureError(refusal({
    text: armError(
      "X",
      "No: https://a.blob.core.windows.net/c?sv=1&sig=abcdefghijk%3D and Bearer eyJhbGciOi.eyJhdWQ.xyz",
    ),
  }));
  const said = JSON.stringify([error.message, error.details, error.hint, error.data]);
  strictEqual(/abcdefghijk|eyJ/.test(said), false);
});

Deno.test("azureError() recognizes an HTML page that Azure sent", () => {
  const code = (more: Parameters<typeof refusal>[0]) =>
    azureError(refusal({ text: "<!DOCTYPE html>", ...more })).code;
  strictEqual(code({}), "network.answer");
  strictEqual(code({ headers: { "x-ms-request-id": "1" } }), "azure.forbidden");
  strictEqual(code({ headers: { "x-ms-correlation-request-id": "1" } }), "azure.forbidden");
  ok(code({ status: 500 }) !== "network.answer" && code({ status: 407 }) !== "network.answer");
  strictEqual(code({ text: "plain <html>" }), "azure.forbidden");
});

Deno.test("azureError() says if a PUT request refers to a missing resource", () => {
  const error = (method: string) => azureError(refusal({ status: 404, method }));
  match(error("PUT").message, /something that it refers to was not found in workspace "ws"$/);
  match(error("PUT").hint!, /^Create what Azure reports above/);
  match(error("GET").message, /: not found in workspace "ws"$/);
  match(error("GET").hint!, /^Check its name/);
});

for (
  const [status, code, exit, problem] of [
    [400, "azure.rejected", 5, "Azure refused it"],
    [401, "azure.unauthorized", 4, "Azure does not accept the token"],
    [403, "azure.forbidden", 4, "this identity has no permission"],
    [404, "azure.not_found", 5, 'not found in workspace "ws"'],
    [407, "network.proxy_login", 6, "the proxy requires a sign-in"],
    [408, "azure.unavailable", 6, "Azure kept answering 408"],
    [409, "azure.conflict", 5, "it conflicts with the current state"],
    [429, "azure.busy", 6, "Azure is throttling requests"],
    [
      530,
      "azure.unavailable",
      6,
      "the workspace's region does not have this service of Azure ML (status 530)",
    ],
    [503, "azure.unavailable", 6, "Azure kept answering 503"],
  ] as const
) {
  Deno.test(`azureError() explains status ${status} as ${code}`, () => {
    const error = azureError(refusal({ status }));
    assertEquals([error.code, error.exit, error.message], [
      code,
      exit,
      `Cannot submit job "main": ${problem}`,
    ]);
  });
}

Deno.test("azureError() says when to try again", () => {
  const hint = (after: string) =>
    azureError(refusal({ status: 429, headers: { "retry-after": after } })).hint;
  assertEquals(["7200", "30", "soon"].map(hint), [
    "Try again in 2 h",
    "Try again in a few minutes",
    "Try again in a few minutes",
  ]);
});

Deno.test("azureError() reads errors of Azure ML's data plane", () => {
  const of = (status: number, body: object, headers: Record<string, string> = {}) => {
    const { code, details } = azureError(refusal({ status, text: JSON.stringify(body), headers }));
    return [code, ...details];
  };
  const ids = {
    Correlation: { operation: "0f1e", request: "2d3c" },
    Environment: "eastus",
    Location: "eastus",
  };
  const inner = (code: string) => ({ Code: code, InnerError: null });
  const outside =
    "The workspace is not accessible from outside of the designated private link (none of the workspaces are accessible).";
  assertEquals(
    of(403, { Error: { Code: "UserError", Message: outside, InnerError: inner("Forbidden") }, ...ids })[0],
    "azure.private_only",
  );
  assertEquals(
    of(404, { Error: { Code: "UserError", Message: "No.", InnerError: inner("WorkspaceNotFound") } })[0],
    "azure.not_found",
  );
});

Deno.test("azureError() names a wrong clock only for refused tokens", () => {
  const codeAt = (status: number, code: string | undefined, date: string) =>
    azureError(refusal({
      status,
      text: code === undefined ? "" : armError(code, "No."),
      headers: { date },
    })).code;
  const [late, now] = ["Fri, 02 Jan 2026 05:04:05 GMT", "Fri, 02 Jan 2026 03:04:05 GMT"];
  assertEquals(
    [codeAt(401, undefined, late), codeAt(403, undefined, late), codeAt(401, undefined, now)],
    ["azure.clock", "azure.clock", "azure.unauthorized"],
  );
  const sensitive = ["ExpiredAuthenticationToken", "AuthenticationFailed", "InvalidAuthenticationInfo"];
  assertEquals(sensitive.map((code) => codeAt(403, code, late)), Array(3).fill("azure.clock"));
  assertEquals(codeAt(409, "ExpiredAuthenticationToken", late), "azure.token_expired");
  assertEquals(codeAt(404, undefined, late), "azure.not_found");
  assertEquals(codeAt(403, "AuthorizationFailed", late), "azure.forbidden");
});
