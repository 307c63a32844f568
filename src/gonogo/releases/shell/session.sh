# Saves what a command left behind: variables, functions, options, umask and working directory.
# Only builtins, no forks: this runs after every command of a release.
_gonogo_save() {
  _gonogo_code=$?
  _gonogo_last=${!:-${_gonogo_last-}}
  compgen -v >|"$_gonogo_state"
  mapfile -t _gonogo_names <"$_gonogo_state"
  _gonogo_kept=()
  for _gonogo_name in "${_gonogo_names[@]}"; do
    case $_gonogo_name in
      _gonogo_* | _ | BASH | BASHOPTS | BASHPID | BASH_* | COMP_* | DIRSTACK | EPOCH* | EUID | FUNCNAME | GROUPS | HISTCMD) ;;
      HOSTTYPE | LINENO | MACHTYPE | MAPFILE | OSTYPE | PIPESTATUS | PPID | PWD | RANDOM | SECONDS | SHELLOPTS | SHLVL | SRANDOM | UID) ;;
      "${_gonogo_lent-}") ;;
      *) _gonogo_kept+=("$_gonogo_name") ;;
    esac
  done
  for _gonogo_name in "${_gonogo_kept[@]}"; do
    printf '%s=%s\0' "$_gonogo_name" "${!_gonogo_name-}"
  done >|"$_gonogo_variables"
  {
    printf 'builtin cd -- %q 2>/dev/null || _gonogo_lost\n' "$PWD"
    declare -p "${_gonogo_kept[@]}"
    unset -f _gonogo_save _gonogo_lost _gonogo_status _gonogo_await wait
    declare -f
    declare -Fx
    alias -p
    shopt -p dotglob expand_aliases extglob failglob globstar inherit_errexit lastpipe nocaseglob nocasematch nullglob
    shopt -po allexport errexit errtrace functrace noclobber noglob nounset pipefail
    umask -p
    printf '_gonogo_jobs=('
    for _gonogo_name in "${_gonogo_jobs[@]}"; do
      builtin kill -0 "$_gonogo_name" && printf '%s ' "$_gonogo_name"
    done
    jobs -p
    printf ')\n_gonogo_last=%s _gonogo_code=%s\n# complete\n' "$_gonogo_last" "$_gonogo_code"
  } >|"$_gonogo_state"
}

# A folder that is gone must not turn `rm -rf *` loose somewhere else: go where there is nothing.
_gonogo_lost() {
  printf 'gonogo: the working directory of the last command is gone\n' >&2
  builtin cd -- "$_gonogo_nowhere"
}

_gonogo_status() { return "$1"; }

_gonogo_await() {
  while builtin kill -0 "$1" 2>/dev/null; do command sleep 0.1; done
}

# Jobs of earlier commands are no children of this shell; their end can be seen, their exit status can't.
wait() {
  local pid
  if (($# == 0)); then
    builtin wait
    for pid in "${_gonogo_jobs[@]}"; do _gonogo_await "$pid"; done
    return 0
  fi
  if [[ " ${_gonogo_jobs[*]} " != *" $1 "* ]]; then
    builtin wait "$@"
    return
  fi
  for pid in "$@"; do _gonogo_await "$pid"; done
  printf 'gonogo: process %s has ended, but an earlier command started it: its exit status is not known\n' "$*" >&2
  return 127
}
