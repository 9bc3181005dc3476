# Installs kedro-azureml for this user: downloads the release for Windows, verifies its checksum, and puts it into a
# folder of the user's. Needs no administrator.
#
#   .\install.ps1 -From https://HOST/FOLDER   # or a folder on this machine, for hosts without network
param(
  # Where the archive and SHA256SUMS lie.
  [string]$From = $env:KEDRO_AZUREML_INSTALL_FROM,
  # Where the program goes.
  [string]$To = $(if ($env:KEDRO_AZUREML_INSTALL_TO) { $env:KEDRO_AZUREML_INSTALL_TO } else { "$env:LOCALAPPDATA\Programs\kedro-azureml" })
)
$ErrorActionPreference = "Stop"
$ProgressPreference = "SilentlyContinue"
if (-not $From) { throw "Cannot tell where to install from: name the release's address or folder with -From" }

$archive = "kedro-azureml-x86_64-pc-windows-msvc.zip"
$work = Join-Path ([IO.Path]::GetTempPath()) ([Guid]::NewGuid())
New-Item -ItemType Directory $work | Out-Null
try {
  # Whoever changes an answer on the way could change program and checksum.
  if ($From -match "^http://(?!(127\.0\.0\.1|localhost)(:\d+)?(/|$))") { throw "Cannot install from ${From}: use an address that starts with https://" }
  foreach ($name in "SHA256SUMS", $archive) {
    if ($From -match "^https?://") {
      Invoke-WebRequest -UseBasicParsing "$($From.TrimEnd('/'))/$name" -OutFile "$work\$name"
    }
    else { Copy-Item (Join-Path $From $name) "$work\$name" }
  }
  $line = Get-Content "$work\SHA256SUMS" | Where-Object { $_ -match "^[0-9a-f]{64} [ *]$([regex]::Escape($archive))$" }
  if (-not $line) { throw "Cannot verify ${archive}: SHA256SUMS does not name it" }
  if ((Get-FileHash "$work\$archive" -Algorithm SHA256).Hash -ne $line.Substring(0, 64)) {
    throw "Cannot install ${archive}: its checksum is not that of SHA256SUMS; download it again"
  }
  Expand-Archive "$work\$archive" $work
  New-Item -ItemType Directory -Force $To | Out-Null
  # Windows lets a program that runs be renamed, not replaced.
  Remove-Item -Force -ErrorAction SilentlyContinue "$To\kedro-azureml.old.exe"
  if (Test-Path "$To\kedro-azureml.exe") { Move-Item -Force "$To\kedro-azureml.exe" "$To\kedro-azureml.old.exe" }
  Move-Item -Force "$work\kedro-azureml.exe" "$To\kedro-azureml.exe"
  Remove-Item -Force -ErrorAction SilentlyContinue "$To\kedro-azureml.old.exe"
  Write-Output "Installed kedro-azureml $(& "$To\kedro-azureml.exe" --version) to $To\kedro-azureml.exe"
  if (($env:PATH -split ";") -notcontains $To) {
    Write-Output "Add it to PATH: [Environment]::SetEnvironmentVariable('PATH', `"$To;`" + [Environment]::GetEnvironmentVariable('PATH', 'User'), 'User')"
  }
}
finally { Remove-Item -Recurse -Force $work }
