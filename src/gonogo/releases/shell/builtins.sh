# Builtins that remember what earlier commands of the run did with them.

# An EXIT trap belongs to the fence, not to one command of it.
trap() {
  local _gonogo_word _gonogo_rest=()
  [[ ${1-} != -- ]] || shift
  if ((BASH_SUBSHELL != _gonogo_depth)) || [[ ${1-} == -[lpP]* ]]; then
    builtin trap "$@"
    return
  fi
  (($# != 1)) || set -- - "$1"
  for _gonogo_word in "${@:2}"; do
    case ${_gonogo_word^^} in
      EXIT | SIGEXIT | 0) [[ $1 == - ]] && _gonogo_exit_trap= || _gonogo_exit_trap=$1 ;;
      ERR | SIGERR)
        [[ $1 == - ]] && _gonogo_err= || _gonogo_err=$1
        _gonogo_rest+=(ERR)
        ;;
      *) _gonogo_rest+=("$_gonogo_word") ;;
    esac
  done
  ((${#_gonogo_rest[@]} == 0)) || builtin trap -- "$1" "${_gonogo_rest[@]}"
}

ulimit() {
  builtin ulimit "$@" || return
  if (($# > 0 && BASH_SUBSHELL == _gonogo_depth)) && [[ ${!#} != -* ]]; then _gonogo_limits+=("$*"); fi
}

# Jobs of earlier commands are no children of this shell: whoever adopted them writes down how they end.
_gonogo_find_job() {
  REPLY=$1
  local count=${#_gonogo_jobs[@]}
  case $1 in
    % | %% | %+) REPLY=${_gonogo_jobs[count - 1]} ;;
    %-) REPLY=${_gonogo_jobs[count > 1 ? count - 2 : 0]} ;;
    %[0-9]*) REPLY=${_gonogo_jobs[${1#%} - 1]-$1} ;;
  esac
}

_gonogo_is_earlier() {
  local pid
  [[ ! -e $_gonogo_ended/$1 ]] || return 0
  for pid in "${_gonogo_jobs[@]}"; do [[ $pid != "$1" ]] || return 0; done
  return 1
}

_gonogo_await() {
  local code
  until [[ -s $_gonogo_ended/$1 ]]; do
    builtin kill -0 "$1" 2>/dev/null || {
      command sleep 0.2
      break
    }
    command sleep 0.05
  done
  if [[ -s $_gonogo_ended/$1 ]]; then
    read -r code <"$_gonogo_ended/$1"
    return "$code"
  fi
  printf 'gonogo: process %s of an earlier command has ended; its exit code is not known\n' "$1" >&2
  return 127
}

wait() {
  local REPLY pid result=0
  if (($# == 0)); then
    builtin wait
    for pid in "${_gonogo_jobs[@]}"; do _gonogo_await "$pid" 2>/dev/null || :; done
    return 0
  fi
  if [[ $1 == -* ]]; then
    builtin wait "$@" 2>/dev/null && return
    result=$?
    ((result == 127 && ${#_gonogo_jobs[@]})) || return "$result"
    while :; do
      for pid in "${_gonogo_jobs[@]}"; do
        if [[ -s $_gonogo_ended/$pid ]] || ! builtin kill -0 "$pid" 2>/dev/null; then
          _gonogo_await "$pid"
          return
        fi
      done
      command sleep 0.05
    done
  fi
  for pid in "$@"; do
    result=0
    _gonogo_find_job "$pid"
    if _gonogo_is_earlier "$REPLY"; then
      _gonogo_await "$REPLY" || result=$?
    else
      builtin wait "$pid" || result=$?
    fi
  done
  return "$result"
}

disown() {
  local REPLY pid kept=() gone=
  if ((${#_gonogo_jobs[@]} == 0)); then
    builtin disown "$@" 2>/dev/null || [[ -n ${_gonogo_last-} ]]
    return
  fi
  builtin disown "$@" 2>/dev/null && return
  for pid in "$@"; do
    [[ $pid == -* ]] || { _gonogo_find_job "$pid" && gone+=" $REPLY "; }
  done
  [[ -n $gone ]] || gone=" ${_gonogo_jobs[-1]} "
  for pid in "${_gonogo_jobs[@]}"; do [[ $gone == *" $pid "* ]] || kept+=("$pid"); done
  _gonogo_jobs=("${kept[@]}")
}

jobs() {
  local pid number=0
  builtin jobs "$@" || return
  for pid in "${_gonogo_jobs[@]}"; do
    number=$((number + 1))
    builtin kill -0 "$pid" 2>/dev/null || continue
    case ${1-} in
      -*p*) printf '%s\n' "$pid" ;;
      *) printf '[%d]  Running                 process %s, started by an earlier command\n' "$number" "$pid" ;;
    esac
  done
}

kill() {
  local REPLY word words=()
  for word in "$@"; do
    _gonogo_find_job "$word"
    words+=("$REPLY")
  done
  builtin kill "${words[@]}"
}
