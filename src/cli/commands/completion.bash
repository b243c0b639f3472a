# bash completion for agentlink: source <(agentlink completion bash)
# Commands and flags come from `agentlink complete`; where it has none, bash completes the names of files.
__agentlink_complete() {
    local IFS=$'\n' offered
    offered=$("${COMP_WORDS[0]/#\~/$HOME}" complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null) || return 0
    # The last line is a directive for other shells, and behind a tab stands what a word is for.
    offered=$(cut -f1 <<< "${offered%:*}")
    COMPREPLY=($(compgen -W "$offered" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -o bashdefault -F __agentlink_complete agentlink
