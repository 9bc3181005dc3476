import type { Given, Recording } from "../recording.ts";
import { MADE, STANDARD, typeOf } from "./parts.ts";

const VERSION = "api-version=2023-04-01";
const HASH = "49eadfeccdc40c46a054f17f07829f9bd5bf4ff0b51fb49f2de9a63d5ddf0098";
const OTHER_HASH = "6ce01060ead694c421ac608799fd20ca7bfb302616e1889f8dddd15cb7f6e20b";
const GRANT = { pendingUploadType: "TemporaryBlobReference" };

function code(name: string, version: string, hash: string, codeUri: string) {
  return {
    id: `{=ws}/codes/${name}/versions/${version}`,
    name: version,
    type: typeOf("codes/versions"),
    properties: {
      description: null,
      tags: {},
      properties: { hash_sha256: hash, hash_version: "202208" },
      isArchived: false,
      isAnonymous: false,
      codeUri,
      provisioningState: "Succeeded",
    },
    systemData: MADE,
  };
}

function putCode(name: string, version: string, hash: string, codeUri: string) {
  return {
    send: `PUT codes/${name}/versions/${version}?${VERSION}`,
    body: {
      properties: {
        properties: { hash_sha256: hash, hash_version: "202208" },
        isAnonymous: false,
        isArchived: false,
        codeUri,
      },
    },
  };
}

const GRANTED = {
  status: 200,
  answerHeaders: STANDARD,
  answer: {
    blobReferenceForConsumption: {
      blobUri: "https://{word:account}.blob.core.windows.net:443/{word:container}",
      storageAccountArmId:
        "/subscriptions/{=subscription}/resourceGroups/{=group}/providers/Microsoft.Storage/storageAccounts/{=account}",
      credential: {
        credentialType: "SAS",
        sasUri: "https://{=account}.blob.core.windows.net/{=container}?{text:sas}",
      },
    },
    pendingUploadId: "{guid}",
    pendingUploadType: "None",
  },
};

const UPLOADED: readonly Given[] = [
  {
    send: `POST codes/made/versions/1/startPendingUpload?${VERSION}`,
    body: GRANT,
    answer: GRANTED.answer,
  },
  {
    send: "PUT https://{=account}.blob.core.windows.net/{=container}/code.yml?{=sas}",
    headers: { "x-ms-blob-type": "BlockBlob", "content-type": "application/octet-stream" },
    body: "name: made\n",
  },
];

/** Requests that register the same file as the code of these assets. */
export function registeredCode(...names: readonly string[]): readonly Given[] {
  return [
    ...UPLOADED,
    ...names.map((name, index) => putCode(name, "1", `${index}`.repeat(64), SINGLE_FILE)),
  ];
}

const CONTAINER = "https://{=account}.blob.core.windows.net/{=container}";
const SINGLE_FILE = "https://{=account}.blob.core.windows.net:443/{=container}/";

/** Code and its upload. */
export const codes: readonly Recording[] = [
  {
    file: "code_asset/e2etests/test_code.pyTestCodetest_create_and_get.json",
    commit: "0f205ad0ccc3172a5f53d86f21c9f2a79da41099",
    recorded: "2026-03",
    given: [...UPLOADED, putCode("made", "2", HASH, SINGLE_FILE)],
    exchanges: [
      {
        send: `GET codes/asked/versions?${VERSION}&hash=${HASH}&hashVersion=202208`,
        status: 200,
        answerHeaders: STANDARD,
        answer: { value: [code("made", "2", HASH, SINGLE_FILE)] },
        read: { by: "code", of: [HASH], gives: "{=ws}/codes/made/versions/2" },
      },
      {
        send: `GET codes/made/versions/2?${VERSION}`,
        status: 200,
        answer: code("made", "2", HASH, SINGLE_FILE),
        read: { by: "send", gives: { name: "2" } },
      },
    ],
  },
  {
    file: "component/e2etests/test_component.pyTestComponenttest_component_update_code.json",
    commit: "0f205ad0ccc3172a5f53d86f21c9f2a79da41099",
    recorded: "2026-03",
    exchanges: [
      {
        send: `GET codes/made/versions?${VERSION}&hash=${OTHER_HASH}&hashVersion=202208`,
        status: 200,
        answerHeaders: STANDARD,
        answer: { value: [] },
        read: { by: "code", of: [OTHER_HASH], gives: undefined },
      },
      {
        send: `POST codes/made/versions/1/startPendingUpload?${VERSION}`,
        body: GRANT,
        ...GRANTED,
        read: {
          by: "grant",
          gives: { blobUri: "https://{=account}.blob.core.windows.net:443/{=container}" },
        },
      },
      {
        send: "HEAD https://{=account}.blob.core.windows.net/{=container}/folder/code.yml?{=sas}",
        headers: { "x-ms-version": "2026-02-06" },
        status: 404,
        answerHeaders: { "x-ms-error-code": "BlobNotFound", "x-ms-version": "2026-02-06" },
        read: { by: "ask", gives: { status: 404 } },
      },
      {
        send: "PUT https://{=account}.blob.core.windows.net/{=container}/folder/code.yml?{=sas}",
        headers: {
          "content-md5": "8sgfKp4w2dVChs9TomxBug==",
          "content-type": "application/octet-stream",
          "if-none-match": "*",
          "x-ms-blob-type": "BlockBlob",
          "x-ms-version": "2026-02-06",
        },
        body: "name: made\n",
        status: 201,
        answerHeaders: {
          "content-md5": "{text}",
          etag: '"0x{word}"',
          "x-ms-request-server-encrypted": "true",
          "x-ms-version": "2026-02-06",
        },
        read: { by: "ask", gives: { status: 201 } },
      },
      {
        send:
          "PUT https://{=account}.blob.core.windows.net/{=container}/folder/code.yml?comp=metadata&{=sas}",
        headers: {
          "x-ms-meta-name": "made",
          "x-ms-meta-upload_status": "completed",
          "x-ms-meta-version": "1",
          "x-ms-version": "2026-02-06",
        },
        status: 200,
        answerHeaders: { etag: '"0x{word}"', "x-ms-request-server-encrypted": "true" },
        read: { by: "ask", gives: { status: 200 } },
      },
      {
        ...putCode(
          "made",
          "1",
          OTHER_HASH,
          "https://{=account}.blob.core.windows.net:443/{=container}/folder",
        ),
        status: 201,
        answerHeaders: {
          ...STANDARD,
          location: `https://management.azure.com{=ws}/codes/made/versions/1?${VERSION}`,
        },
        answer: code(
          "made",
          "1",
          OTHER_HASH,
          "https://{=account}.blob.core.windows.net:443/{=container}/folder",
        ),
        read: { by: "send", gives: { name: "1" } },
      },
    ],
  },
  {
    file: "code_asset/e2etests/test_code.pyTestCodetest_download_directory_code.json",
    commit: "0f205ad0ccc3172a5f53d86f21c9f2a79da41099",
    recorded: "2026-03",
    given: [UPLOADED[0]!, { ...UPLOADED[1]!, send: `PUT ${CONTAINER}/folder/code.yml?{=sas}` }],
    exchanges: [
      {
        send: `GET ${CONTAINER}?restype=container&comp=list&prefix=folder&include=metadata&{=sas}`,
        headers: { "x-ms-version": "2026-02-06" },
        status: 200,
        answerHeaders: { "content-type": "application/xml", "x-ms-version": "2026-02-06" },
        answer:
          '\uFEFF<?xml version="1.0" encoding="utf-8"?><EnumerationResults ServiceEndpoint="https://{=account}.blob.core.windows.net/" ContainerName="{=container}"><Prefix>folder</Prefix><Blobs><Blob><Name>folder/code.yml</Name><Properties><Creation-Time>{text}</Creation-Time><Last-Modified>{text}</Last-Modified><Etag>0x{word}</Etag><Content-Length>11</Content-Length><Content-Type>application/octet-stream</Content-Type><Content-Encoding /><Content-Language /><Content-CRC64 /><Content-MD5>{text}</Content-MD5><Cache-Control /><Content-Disposition /><BlobType>BlockBlob</BlobType><AccessTier>Hot</AccessTier><AccessTierInferred>true</AccessTierInferred><LeaseStatus>unlocked</LeaseStatus><LeaseState>available</LeaseState><ServerEncrypted>true</ServerEncrypted></Properties><Metadata /><OrMetadata /></Blob></Blobs><NextMarker /></EnumerationResults>',
        read: { by: "blobs", of: ["folder"], gives: ["code.yml"] },
      },
      {
        send: `GET ${CONTAINER}/folder/code.yml?{=sas}`,
        headers: { "x-ms-range": "bytes=0-33554431", "x-ms-version": "2026-02-06" },
        status: 206,
        answerHeaders: {
          "accept-ranges": "bytes",
          "content-range": "bytes 0-10/11",
          "x-ms-blob-type": "BlockBlob",
          "x-ms-server-encrypted": "true",
          "x-ms-lease-state": "available",
          "x-ms-lease-status": "unlocked",
        },
        answer: "name: made\n",
        read: { by: "ask", gives: { status: 206 } },
      },
    ],
  },
];
