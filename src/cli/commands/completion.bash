# bash completion for kedro-azureml
_kedro_azureml() {
  local line=${COMP_LINE:0:COMP_POINT} part=${COMP_WORDS[COMP_CWORD]} words answer each
  local IFS=$' \t\n'
  read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  [[ $part == [=:] ]] && part=
  local word=${words[${#words[@]}-1]}
  IFS=$'\n'
  answer=($(kedro-azureml complete --word="$word" -- "${words[@]:1:${#words[@]}-2}" 2>/dev/null))
  COMPREPLY=()
  case ${answer[${#answer[@]}-1]} in
    :files) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$part")) ;;
    :folders) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$part")) ;;
    *)
      # Bash replaces only what follows the last "=" or ":".
      for each in "${answer[@]:0:${#answer[@]}-1}"; do
        each=${each%%$'\t'*}
        COMPREPLY+=("${each#"${word%"$part"}"}")
      done ;;
  esac
}
complete -F _kedro_azureml kedro-azureml
