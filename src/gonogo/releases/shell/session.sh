# What surrounds one command: it saves what the command left behind (variables, functions, options, limits, umask,
# traps, jobs and working directory), and gives a few builtins a memory that outlasts one shell.
# Only builtins, no forks, as long as no background process was started: this runs after every command of a release.

_gonogo_status() { return "$1"; }

# A folder that is gone must not turn `rm -rf *` loose somewhere else: go where there is nothing.
_gonogo_lost() {
  printf 'gonogo: the working directory of the last command is gone\n' >&2
  builtin cd -- "$_gonogo_nowhere"
}

_gonogo_save() {
  _gonogo_last=${!:-${_gonogo_last-}}
  compgen -A function >|"$_gonogo_state"
  mapfile -t _gonogo_names <"$_gonogo_state"
  _gonogo_functions=()
  for _gonogo_name in "${_gonogo_names[@]}"; do
    case $_gonogo_name in
      _gonogo_* | wait | jobs | disown | kill | trap | ulimit) ;;
      *) _gonogo_functions+=("$_gonogo_name") ;;
    esac
  done
  compgen -v >|"$_gonogo_state"
  mapfile -t _gonogo_names <"$_gonogo_state"
  _gonogo_kept=()
  for _gonogo_name in "${_gonogo_names[@]}"; do
    case $_gonogo_name in
      _gonogo_* | _ | BASH | BASHOPTS | BASHPID | BASH_* | COMP_* | DIRSTACK | EPOCH* | EUID | FUNCNAME | GROUPS | HISTCMD) ;;
      HOSTTYPE | LINENO | MACHTYPE | MAPFILE | OSTYPE | PIPESTATUS | PPID | PWD | RANDOM | SECONDS | SHELLOPTS | SHLVL | SRANDOM | UID) ;;
      GONOGO_ITEM | "${_gonogo_lent-}") ;;
      *) _gonogo_kept+=("$_gonogo_name") ;;
    esac
  done
  {
    # The entry without a name lists the exported ones.
    printf '='
    compgen -e
    printf '\0'
    for _gonogo_name in "${_gonogo_kept[@]}"; do
      printf '%s=%s\0' "$_gonogo_name" "${!_gonogo_name-}"
    done
  } >|"$_gonogo_variables"
  {
    printf 'builtin cd -- %q 2>/dev/null || _gonogo_lost\n' "$PWD"
    declare -p "${_gonogo_kept[@]}"
    ((${#_gonogo_functions[@]} == 0)) || declare -f "${_gonogo_functions[@]}"
    declare -Fx
    alias -p
    shopt -p dotglob expand_aliases extglob failglob globstar inherit_errexit lastpipe nocaseglob nocasematch nullglob
    shopt -po allexport errexit errtrace functrace noclobber noglob nounset pipefail
    umask -p
    builtin trap -p HUP INT QUIT TERM USR1 USR2
    printf '_gonogo_exit_trap=%q _gonogo_err=%q\n_gonogo_limits=(' "${_gonogo_exit_trap-}" "${_gonogo_err-}"
    ((${#_gonogo_limits[@]} == 0)) || printf '%q ' "${_gonogo_limits[@]}"
    printf ')\n'
    ((${#_gonogo_limits[@]} == 0)) || printf 'builtin ulimit %s 2>/dev/null\n' "${_gonogo_limits[@]}"
    printf '_gonogo_jobs=('
    ((${#_gonogo_running[@]} == 0)) || printf '%s ' "${_gonogo_running[@]}"
    for _gonogo_name in "${_gonogo_jobs[@]}"; do
      builtin kill -0 "$_gonogo_name" && printf '%s ' "$_gonogo_name"
    done
    printf ')\n_gonogo_last=%s _gonogo_code=%s _gonogo_pipes=(' "$_gonogo_last" "$_gonogo_code"
    printf '%s ' "${_gonogo_pipes[@]}"
    printf ')\n# complete\n'
  } >|"$_gonogo_state"
}

# What the launcher has to know of the command.
_gonogo_note() {
  {
    [[ -z ${_gonogo_whole-} ]] || printf 'whole\n'
    printf 'pipes'
    printf ' %s' "${_gonogo_pipes[@]}"
    printf '\n'
    ((${#_gonogo_running[@]} == 0)) || printf 'running %s\n' "${_gonogo_running[@]}"
    ((${#_gonogo_ended_jobs[@]} == 0)) || printf 'ended %s\n' "${_gonogo_ended_jobs[@]}"
  } >|"$_gonogo_facts"
}

# Background processes get a moment: one that ends at once, with a failure, has not been started.
_gonogo_look_at_jobs() {
  _gonogo_running=() _gonogo_ended_jobs=()
  builtin jobs -p >|"$_gonogo_state"
  mapfile -t _gonogo_started <"$_gonogo_state"
  ((${#_gonogo_started[@]})) || return 0
  if [[ -n ${!-} && " ${_gonogo_started[*]} " != *[[:space:]]"$!"[[:space:]]* ]]; then
    _gonogo_started+=("$!")
  fi
  for _gonogo_name in 1 2 3 4 5 6; do
    builtin jobs -rp >|"$_gonogo_state"
    [[ -s $_gonogo_state ]] || break
    command sleep 0.05
  done
  for _gonogo_name in "${_gonogo_started[@]}"; do
    if builtin kill -0 "$_gonogo_name"; then
      _gonogo_running+=("$_gonogo_name")
    else
      builtin wait "$_gonogo_name"
      _gonogo_ended_jobs+=("$_gonogo_name $?")
    fi
  done
}

_gonogo_finish() {
  _gonogo_whole=1
  if [[ -z ${_gonogo_seen-} ]]; then _gonogo_code=$1 _gonogo_pipes=("$1"); fi
  set +x
  _gonogo_look_at_jobs || :
  _gonogo_now=
  if [[ -n $_gonogo_ends ]]; then _gonogo_now=${_gonogo_exit_trap-} _gonogo_exit_trap=; fi
  _gonogo_save || :
  _gonogo_note || :
}

# The command left by `exit`, by `set -e`, or by an error that ends a shell.
_gonogo_leave() {
  _gonogo_code=$? _gonogo_pipes=("${PIPESTATUS[@]}")
  builtin trap - EXIT ERR
  set +x
  # `exit 7` leaves no trace there: what is seen is the pipe before it.
  _gonogo_seen=
  for _gonogo_name in "${_gonogo_pipes[@]}"; do
    if ((_gonogo_name == _gonogo_code)); then _gonogo_seen=1; fi
  done
  [[ -n $_gonogo_seen ]] || _gonogo_pipes=("$_gonogo_code")
  _gonogo_look_at_jobs || :
  _gonogo_now=${_gonogo_exit_trap-} _gonogo_exit_trap=
  _gonogo_save || :
  _gonogo_note || :
  [[ -z $_gonogo_now ]] || _gonogo_run_trap 2>&9 9>&-
  builtin exit "$_gonogo_code"
}

_gonogo_run_trap() {
  set +e
  _gonogo_status "$_gonogo_code"
  eval "$_gonogo_now"
}

# Builtins with a memory that outlasts one shell: read when one of them is used.
trap() { _gonogo_read_more; trap "$@"; }
ulimit() { _gonogo_read_more; ulimit "$@"; }
wait() { _gonogo_read_more; wait "$@"; }
jobs() { _gonogo_read_more; jobs "$@"; }
disown() { _gonogo_read_more; disown "$@"; }
_gonogo_read_more() { . "$_gonogo_more"; }

_gonogo_take_up_jobs() {
  # A shell elsewhere has all of them from the beginning.
  ((${#_gonogo_jobs[@]})) && [[ -n ${_gonogo_more-} ]] || return 0
  kill() { _gonogo_read_more; kill "$@"; }
}

# What `set` and `trap` changed lasts to the end of the fence it stands in.
_gonogo_begin_fence() {
  set +abefkmuvxCET +o pipefail
  builtin trap - ERR HUP INT QUIT TERM USR1 USR2
  _gonogo_err=
}
