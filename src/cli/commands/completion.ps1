# PowerShell completion for kedro-azureml
Register-ArgumentCompleter -Native -CommandName kedro-azureml -ScriptBlock {
  param($word, $ast, $position)
  $before = @($ast.CommandElements | Select-Object -Skip 1 |
    Where-Object { $_.Extent.EndOffset -lt $position } | ForEach-Object { $_.Extent.Text.Trim('"', "'") })
  $answer = @(& kedro-azureml complete "--word=$word" '--' @before 2>$null)
  if ($answer.Count -eq 0 -or $answer[-1] -ne ':values') { return }
  $answer | Select-Object -SkipLast 1 | ForEach-Object {
    $value, $description = $_ -split [char]9, 2
    if (-not $description) { $description = $value }
    [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $description)
  }
}
