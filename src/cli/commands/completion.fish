# fish completion for kedro-azureml
function __kedro_azureml
  set -l words (commandline -opc)
  set -l word (commandline -ct)
  set -e words[1]
  set -l answer (kedro-azureml complete --word="$word" -- $words 2>/dev/null)
  switch "$answer[-1]"
    case :files
      __fish_complete_path "$word"
    case :folders
      __fish_complete_directories "$word" ""
    case '*'
      set -e answer[-1]
      printf '%s\n' $answer
  end
end
complete -c kedro-azureml -f -k -a '(__kedro_azureml)'
