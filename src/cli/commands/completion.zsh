#compdef kedro-azureml
_kedro_azureml() {
  local -a answer candidates
  local each about
  answer=("${(@f)$(kedro-azureml complete --word="$PREFIX" -- "${(@Q)words[2,CURRENT-1]}" 2>/dev/null)}")
  case $answer[-1] in
    :files) _files ;;
    :folders) _files -/ ;;
    *)
      for each in "${(@)answer[1,-2]}"; do
        about=${each#*$'\t'}
        candidates+=("${${each%%$'\t'*}//:/\\:}${about:+:$about}")
      done
      _describe -V kedro-azureml candidates ;;
  esac
}
if [[ $funcstack[1] == _kedro_azureml ]]; then _kedro_azureml "$@"; else compdef _kedro_azureml kedro-azureml; fi
